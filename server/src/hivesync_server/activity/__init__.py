"""What was done in a project: written by every domain, read by the members, changed by nobody."""
