"""Being the one agent of a user and profile, and being found."""
