"""The phone link as a QR code, for pages, pictures and terminals. Knows nothing of previews."""

from __future__ import annotations

import io
from dataclasses import dataclass

_PIXELS = 4
_QUIET_ZONE = 4
"""Modules of light border that readers need (ISO/IEC 18004 §6.3.8)."""

_TERMINAL_BORDER = 1
"""Phones read it on a dark terminal, and with more the code of a link is wider than 80 columns."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """`svg` is inline markup, `png` a data URI, `text` lines of half blocks for a dark terminal."""

    svg: str
    png: str
    text: str


def make_qr(link: str) -> QrCode:
    """Give the code of a link. Error correction L: a screen is not torn, and fewer modules scan faster."""
    # Imported here: an agent that shows no preview need not hold it.
    import segno

    code = segno.make_qr(link, error="l")
    text = io.StringIO()
    code.terminal(text, border=_TERMINAL_BORDER, compact=True)
    return QrCode(
        svg=code.svg_inline(scale=_PIXELS, border=_QUIET_ZONE, light="#fff", title="Open on your phone"),
        png=code.png_data_uri(scale=_PIXELS, border=_QUIET_ZONE),
        text=text.getvalue(),
    )
