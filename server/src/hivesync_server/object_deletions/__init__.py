"""Objects that nothing refers to any more: noted with the change that made it so, deleted for certain."""
