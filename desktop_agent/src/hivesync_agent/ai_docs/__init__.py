"""Documentation of one file by AI: the file, its surroundings, the request, and the answer."""
