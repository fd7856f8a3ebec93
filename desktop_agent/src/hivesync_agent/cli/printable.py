"""What may be shown at a terminal of a text that others wrote."""

from __future__ import annotations


def printable(text: str, kept: str = "\n") -> str:
    """Give the text without what drives a terminal; of what is not printable only `kept` stays."""
    return "".join(each if each.isprintable() or each in kept else "�" for each in text)
