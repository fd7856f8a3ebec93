"""Comments: what members say about a project and its files."""
