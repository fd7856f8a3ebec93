"""Names of files as strangers send them, made harmless: no folders, nothing invisible, nothing reversed."""

from __future__ import annotations

import unicodedata

LENGTH_MAX = 255
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, and format characters: with U+202E `exe.gpj` is shown where the name is `jpg.exe`."""

_JOINERS = frozenset("\u200c\u200d")
"""Format characters that some scripts, and emoji, can't be written without."""


def safe_name(name: str) -> str:
    """Give what is left of a name, at most 255 characters with its ending kept, or an empty text."""
    composed = unicodedata.normalize("NFC", name)
    base = composed.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(c for c in base if c in _JOINERS or unicodedata.category(c) not in _INVISIBLE)
    # Leading dots hide files on Unix, trailing ones get lost on Windows.
    trimmed = visible.strip(" .\u200c\u200d")
    return trimmed if len(trimmed) <= LENGTH_MAX else _shortened(trimmed)


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 20:
        return name[:LENGTH_MAX]
    return stem[: LENGTH_MAX - len(ending) - 1] + dot + ending
