"""Files attached to tasks. Their bytes go between clients and the object store, never through us."""
