"""This machine's agent for editors on another one: a forward of ssh, opened and ended by the user."""
