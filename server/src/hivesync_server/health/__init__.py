"""Whether the server lives, and what everyone may know of it."""
