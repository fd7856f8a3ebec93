"""A terminal's screen as a picture for the documentation: what tmux captured with its colours, as PNG."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unicodedata import east_asian_width

from PIL import Image, ImageDraw, ImageFont

_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf"
_SIZE = 15
_CELL = (9, 18)
_MARGIN = 12
_GROUND, _INK = (30, 32, 44), (214, 218, 228)
_SEQUENCE = re.compile(r"\x1b\[([\d;:]*)m")
_BASIC = (
    (69, 71, 90), (243, 139, 168), (166, 218, 149), (249, 226, 175),
    (137, 180, 250), (203, 166, 247), (148, 226, 213), (186, 194, 222),
)  # fmt: skip
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Look:
    ink: Colour | None = None
    ground: Colour | None = None
    bold: bool = False
    reverse: bool = False
    dim: bool = False


def draw(screen: str, path: Path) -> None:
    """Write a screen, as `capture-pane -e` gives it, to a PNG of few colours."""
    rows = [list(_cells(line)) for line in screen.rstrip("\n").split("\n")]
    columns = max(len(row) for row in rows)
    size = (columns * _CELL[0] + 2 * _MARGIN, len(rows) * _CELL[1] + 2 * _MARGIN)
    image = Image.new("RGB", size, _GROUND)
    pen = ImageDraw.Draw(image)
    fonts = [ImageFont.truetype(_FONT.format(suffix), _SIZE) for suffix in ("", "-Bold")]
    for y, row in enumerate(rows):
        for x, (character, look) in enumerate(row):
            _draw_cell(pen, (_MARGIN + x * _CELL[0], _MARGIN + y * _CELL[1]), character, look, fonts)
    image.quantize(48).save(path, optimize=True)


def _draw_cell(
    pen: ImageDraw.ImageDraw,
    at: tuple[int, int],
    character: str,
    look: _Look,
    fonts: list[ImageFont.FreeTypeFont],
) -> None:
    ink, ground = look.ink or _INK, look.ground or _GROUND
    if look.reverse:
        ink, ground = ground, ink
    if look.dim:
        ink = _mixed(ink, ground)
    (x, y), (width, height) = at, _CELL
    pen.rectangle((x, y, x + width - 1, y + height - 1), ground)
    half = y + height // 2
    # Blocks are drawn, since a font leaves gaps between them in which no phone reads a code.
    blocks = {"█": (y, y + height), "▀": (y, half), "▄": (half, y + height)}
    if character in blocks:
        top, bottom = blocks[character]
        pen.rectangle((x, top, x + width - 1, bottom - 1), ink)
    elif character.strip():
        pen.text((x, y), character, ink, font=fonts[look.bold])


def _cells(line: str) -> Iterator[tuple[str, _Look]]:
    look, position = _Look(), 0
    for match in [*_SEQUENCE.finditer(line), None]:
        for character in line[position : match.start() if match else None]:
            yield character, look
            if east_asian_width(character) in "WF":
                yield "", look
        if match:
            look, position = _changed(look, match[1]), match.end()


def _changed(look: _Look, codes: str) -> _Look:
    numbers = [int(code or 0) for code in re.split("[;:]", codes)]
    while numbers:
        code = numbers.pop(0)
        match code:
            case 0:
                look = _Look()
            case 1:
                look = replace(look, bold=True)
            case 2:
                look = replace(look, dim=True)
            case 7:
                look = replace(look, reverse=True)
            case 22:
                look = replace(look, bold=False, dim=False)
            case 27:
                look = replace(look, reverse=False)
            case 38:
                look = replace(look, ink=_extended(numbers))
            case 48:
                look = replace(look, ground=_extended(numbers))
            case 39:
                look = replace(look, ink=None)
            case 49:
                look = replace(look, ground=None)
            case _ if 30 <= code <= 37 or 90 <= code <= 97:
                look = replace(look, ink=_indexed(code % 10 + (8 if code >= 90 else 0)))
            case _ if 40 <= code <= 47 or 100 <= code <= 107:
                look = replace(look, ground=_indexed(code % 10 + (8 if code >= 100 else 0)))
            case _:
                pass  # underline and the like do not matter to a reader
    return look


def _extended(numbers: list[int]) -> Colour | None:
    kind = numbers.pop(0)
    if kind == 5:
        return _indexed(numbers.pop(0))
    red, green, blue = numbers[:3]
    del numbers[:3]
    return red, green, blue


def _indexed(index: int) -> Colour:
    if index < 16:
        return _BASIC[index % 8]
    if index >= 232:
        grey = 8 + (index - 232) * 10
        return grey, grey, grey
    red, rest = divmod(index - 16, 36)
    green, blue = divmod(rest, 6)
    scale = (0, 95, 135, 175, 215, 255)
    return scale[red], scale[green], scale[blue]


def _mixed(one: Colour, other: Colour) -> Colour:
    red, green, blue = ((left + right) // 2 for left, right in zip(one, other, strict=True))
    return red, green, blue
