"""What the server needs from outside, each behind a small interface with an embedded twin."""
