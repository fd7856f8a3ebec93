"""The icon, drawn by us: one hexagon whose form and colour tell the state on light and dark panels alike."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hivesync_agent.tray.view import Mood

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

_OVERSAMPLING = 8
"""Drawn so much larger and scaled down: Pillow draws without anti-aliasing."""
_AMBER, _GREY, _BLUE, _RED, _DARK = "#f5a623", "#8c94a0", "#2f80ed", "#e5484d", "#1f2933"
_FILL = {
    Mood.OK: _AMBER,
    Mood.BUSY: _AMBER,
    Mood.PAUSED: _GREY,
    Mood.OFFLINE: _GREY,
    Mood.SIGNED_OUT: None,
    Mood.NO_AGENT: None,
}
_BADGE = {Mood.BUSY: _BLUE, Mood.OFFLINE: _RED, Mood.NO_AGENT: _RED}


def picture(mood: Mood, size_pixels: int = 64) -> Image.Image:
    """Give the icon on a transparent ground. Form tells the states apart too, for whoever sees no colours."""
    from PIL import Image, ImageDraw

    side = size_pixels * _OVERSAMPLING
    image = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(image)
    _hexagon(draw, side, _FILL[mood])
    if mood is Mood.PAUSED:
        for left in (0.36, 0.55):
            box = (left * side, 0.32 * side, (left + 0.1) * side, 0.68 * side)
            draw.rounded_rectangle(box, radius=0.03 * side, fill="white")
    if badge := _BADGE.get(mood):
        draw.ellipse((0.56 * side, 0.56 * side, side - 1, side - 1), fill=(0, 0, 0, 0))
        draw.ellipse((0.62 * side, 0.62 * side, 0.97 * side, 0.97 * side), fill=badge)
    return image.resize((size_pixels, size_pixels), Image.Resampling.LANCZOS)


def _hexagon(draw: ImageDraw.ImageDraw, side: int, fill: str | None) -> None:
    draw.polygon(_corners(side, 0.48), fill=fill or _GREY)
    if fill is None:
        draw.polygon(_corners(side, 0.34), fill=(0, 0, 0, 0))
    elif fill == _AMBER:
        draw.polygon(_corners(side, 0.2), fill=_DARK)


def _corners(side: int, radius: float) -> list[tuple[float, float]]:
    centre = side / 2
    turns = [math.radians(60 * corner - 90) for corner in range(6)]
    return [
        (centre + radius * side * math.cos(turn), centre + radius * side * math.sin(turn)) for turn in turns
    ]
