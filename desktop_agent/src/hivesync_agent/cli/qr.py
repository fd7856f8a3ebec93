"""The agent's QR code in this terminal. Refuses to print one that would be torn."""

from __future__ import annotations

import shutil
import sys


def whole_code(text: str, columns: int | None) -> str | None:
    """Give the code's lines, or None if they are wider than `columns` (None: there is no limit)."""
    lines = text.rstrip("\n")
    width = max(map(len, lines.splitlines()), default=0)
    return lines if columns is None or width <= columns else None


def stdout_columns() -> int | None:
    """Tell how wide the terminal is; None if a program reads the output."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
