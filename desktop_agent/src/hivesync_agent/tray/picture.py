"""The icon, drawn by us: one hexagon whose form tells the state, on light and dark panels, to whoever sees
no colours too."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from hivesync_agent.tray.view import Mood

if TYPE_CHECKING:
    from PIL import Image

_OVERSAMPLING = 8
"""Drawn so much larger and scaled down: Pillow draws without anti-aliasing."""
_AMBER, _EDGE, _GREY, _RED, _DARK, _WHITE, _NOTHING = (
    *("#f7a928", "#9a5f00", "#848c98", "#e5484d", "#1f2933", "#ffffff"),
    (0, 0, 0, 0),
)
_Colour = str | tuple[int, int, int, int]


class _Canvas:
    """A square to draw on, in fractions of its side."""

    def __init__(self, size_pixels: int) -> None:
        from PIL import Image, ImageDraw

        self._size = size_pixels
        self._side = size_pixels * _OVERSAMPLING
        self._image = Image.new("RGBA", (self._side, self._side))
        self._draw = ImageDraw.Draw(self._image)

    def hexagon(self, radius: float, fill: _Colour) -> None:
        """Fill one that stands on a corner."""
        turns = [math.radians(60 * corner - 90) for corner in range(6)]
        corners = [(0.5 + radius * math.cos(turn), 0.5 + radius * math.sin(turn)) for turn in turns]
        self._draw.polygon([(x * self._side, y * self._side) for x, y in corners], fill=fill)

    def bar(self, left: float, top: float, right: float, bottom: float, fill: _Colour) -> None:
        """Fill a rectangle."""
        self._draw.rectangle([edge * self._side for edge in (left, top, right, bottom)], fill=fill)

    def dot(self, x: float, y: float, radius: float, fill: _Colour) -> None:
        """Fill a circle."""
        box = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse([edge * self._side for edge in box], fill=fill)

    def line(self, start: tuple[float, float], end: tuple[float, float], width: float, fill: _Colour) -> None:
        """Draw a straight line."""
        points = [edge * self._side for edge in (*start, *end)]
        self._draw.line(points, fill=fill, width=round(width * self._side))

    def finished(self) -> Image.Image:
        """Give the picture at its size."""
        from PIL import Image

        return self._image.resize((self._size, self._size), Image.Resampling.LANCZOS)


def picture(mood: Mood, size_pixels: int = 64) -> Image.Image:
    """Give the icon on a transparent ground."""
    canvas = _Canvas(size_pixels)
    _DRAWN[mood](canvas)
    return canvas.finished()


def _full(canvas: _Canvas, fill: str, edge: str) -> None:
    """Draw a full hexagon; its edge stands out on a light panel, the filling on a dark one."""
    canvas.hexagon(0.5, edge)
    canvas.hexagon(0.435, fill)


def _ring(canvas: _Canvas) -> None:
    """Draw an empty hexagon: nobody is at home."""
    canvas.hexagon(0.5, _GREY)
    canvas.hexagon(0.34, _NOTHING)


def _connected(canvas: _Canvas) -> None:
    _full(canvas, _AMBER, _EDGE)
    canvas.hexagon(0.19, _DARK)


def _busy(canvas: _Canvas) -> None:
    _full(canvas, _AMBER, _EDGE)
    for x in (0.26, 0.5, 0.74):
        canvas.dot(x, 0.5, 0.085, _DARK)


def _problem(canvas: _Canvas) -> None:
    _full(canvas, _RED, _RED)
    canvas.bar(0.425, 0.2, 0.575, 0.57, _WHITE)
    canvas.bar(0.425, 0.66, 0.575, 0.8, _WHITE)


def _paused(canvas: _Canvas) -> None:
    _full(canvas, _GREY, _GREY)
    for left in (0.3, 0.56):
        canvas.bar(left, 0.27, left + 0.14, 0.73, _WHITE)


def _offline(canvas: _Canvas) -> None:
    _full(canvas, _GREY, _GREY)
    # A wide gap beside the stroke keeps it apart from the filling at 16 pixels.
    canvas.line((0.0, 0.93), (0.93, 0.0), 0.34, _NOTHING)
    canvas.line((0.05, 0.95), (0.95, 0.05), 0.13, _GREY)


def _no_agent(canvas: _Canvas) -> None:
    _ring(canvas)
    for start, end in (((0.36, 0.36), (0.64, 0.64)), ((0.36, 0.64), (0.64, 0.36))):
        canvas.line(start, end, 0.11, _RED)


_DRAWN: dict[Mood, Callable[[_Canvas], None]] = {
    Mood.OK: _connected,
    Mood.BUSY: _busy,
    Mood.PROBLEM: _problem,
    Mood.SIGNED_OUT: _ring,
    Mood.OFFLINE: _offline,
    Mood.PAUSED: _paused,
    Mood.NO_AGENT: _no_agent,
}
