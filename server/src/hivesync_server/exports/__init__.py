"""A copy of everything that the backend knows about a user, made on request and kept for a week."""
