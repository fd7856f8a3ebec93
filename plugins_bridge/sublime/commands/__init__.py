"""Commands of the palette: what each does, one module for what belongs together."""
