"""What a user should know of."""
