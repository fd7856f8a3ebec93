"""What may be shown of a text that others wrote: as text only, and nothing that drives anything."""

from __future__ import annotations

import html
import re
from typing import Any

LONG_CHARACTERS = 20_000
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_DRIVING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, halves of characters, and signs that turn what follows around, so that it reads as
something else."""


def plain(text: Any, limit: int = LONG_CHARACTERS) -> str:
    """Give the text without control characters, cut where it would drown everything else."""
    shown = text if isinstance(text, str) else "" if text is None else str(text)
    kept = _DRIVING.sub(_REPLACEMENT, shown[:limit].replace("\r\n", "\n"))
    return f"{kept}… ({len(shown) - limit:,} characters more)" if len(shown) > limit else kept


def one_line(text: Any, limit: int = 200) -> str:
    """Give the text in one line, for lists and the status bar."""
    words = " ".join(plain(text, limit * 4).split())
    return words if len(words) <= limit else words[: limit - 1] + "…"


def day(time: Any) -> str:
    """Give the day of a time as the server writes it."""
    return one_line(str(time)[:10])


def markup(text: Any, limit: int = LONG_CHARACTERS) -> str:
    """Give minihtml that shows the text as it is: no tag, link or entity of it survives."""
    escaped = html.escape(plain(text, limit), quote=True)
    return escaped.replace("\t", "    ").replace("  ", "&nbsp; ").replace("\n", "<br>")
