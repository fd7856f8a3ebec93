"""Notice that files of a project changed. A hint to look, never the truth: that is what the index finds."""
