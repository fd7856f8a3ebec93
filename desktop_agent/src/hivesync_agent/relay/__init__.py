"""Forwarding an editor's call to the backend and its answer back, both as streams."""
