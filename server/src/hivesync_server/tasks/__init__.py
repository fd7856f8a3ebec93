"""Tasks of projects: what is to be done, by whom, until when, and in which order."""
