"""Labels of a project, which its tasks can have."""
