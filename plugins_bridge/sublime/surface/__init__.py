"""What is shown in the editor, and how work that may wait comes back to it."""
