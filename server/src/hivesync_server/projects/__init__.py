"""Projects: what a user works on, and the owner of previews."""
