"""The plugin's version and the protocol that it speaks; said nowhere else in this plugin."""

from __future__ import annotations

VERSION = "0.1.0"
CLIENT = "sublime/" + VERSION
PROTOCOL = 1
