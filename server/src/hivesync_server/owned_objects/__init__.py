"""Objects that belong to a row: when the row goes, by whatever way, so do they."""
