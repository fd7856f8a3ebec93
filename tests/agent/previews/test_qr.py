"""The phone link as a code that a camera reads."""

from __future__ import annotations

import base64
import struct

import pytest
from hivesync_agent.previews.qr import make_qr

LINK = "https://preview.example.test/p/0199c1b2-0000-7000-8000-000000000001#" + "eyJhbGciOi" * 50


def test_all_three_forms_show_the_same_modules() -> None:
    code = make_qr(LINK)
    assert code.svg.startswith("<svg")
    picture = base64.b64decode(code.png.removeprefix("data:image/png;base64,"))
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    lines = code.text.splitlines()
    modules = width // 4 - 8  # four pixels each, four light modules around
    assert width == height
    assert {len(line) for line in lines} == {modules + 2}  # one light module around
    assert len(lines) == (modules + 2 + 1) // 2  # two rows of modules in each line


def test_the_text_needs_no_colour_of_the_terminal() -> None:
    assert set(make_qr(LINK).text) <= set("█▀▄ \n")


@pytest.mark.parametrize("length", [1, 500, 2000])
def test_a_link_of_any_length_fits(length: int) -> None:
    assert make_qr("https://x.test/#" + "a" * length).svg
