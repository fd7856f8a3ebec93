"""Pages that the server renders itself: no script, no front-end build, no third party."""
