"""What each tier allows, and the refusal of what is beyond."""
