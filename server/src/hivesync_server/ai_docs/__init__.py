"""AI documentation of files: asked for with the file's text, made by the Worker, kept by the text's hash."""
