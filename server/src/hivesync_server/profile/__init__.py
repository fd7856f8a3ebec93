"""What users say about themselves."""
