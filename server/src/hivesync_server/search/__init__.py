"""Search over what a user may see: projects, tasks and comments."""
