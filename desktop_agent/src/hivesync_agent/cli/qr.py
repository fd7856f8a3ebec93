"""A link as a QR code made of text. Refuses to print one that the terminal would tear."""

from __future__ import annotations

import io
import shutil
import sys

_BORDER_MODULES = 2
"""The standard asks for four; phones read two, and a long link needs the columns."""


def terminal_code(link: str, columns: int | None) -> str | None:
    """Give the code's lines, or None if they are wider than `columns` (None: there is no limit)."""
    import segno

    code = segno.make(link, micro=False, error="l")
    width, _ = code.symbol_size(border=_BORDER_MODULES)
    if columns is not None and width > columns:
        return None
    text = io.StringIO()
    code.terminal(text, compact=True, border=_BORDER_MODULES)
    return text.getvalue().rstrip("\n")


def stdout_columns() -> int | None:
    """Tell how wide the terminal is; None if a program reads the output."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
