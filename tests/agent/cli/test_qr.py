"""The code in the terminal is whole, or not there at all."""

from __future__ import annotations

from hivesync_agent.cli.qr import terminal_code

LINK = "http://192.168.1.20:8787/p/0193a000-0000-7000-8000-000000000001#" + "t" * 400


def widths(code: str) -> set[int]:
    return {len(line) for line in code.splitlines()}


def test_a_code_has_lines_of_one_width() -> None:
    code = terminal_code(LINK, None)
    assert code is not None
    assert len(widths(code)) == 1


def test_a_code_is_shown_where_it_just_fits_and_not_where_it_would_be_torn() -> None:
    code = terminal_code(LINK, None)
    assert code is not None
    (width,) = widths(code)
    assert terminal_code(LINK, width) == code
    assert terminal_code(LINK, width - 1) is None


def test_different_links_have_different_codes() -> None:
    assert terminal_code(LINK, None) != terminal_code(LINK + "2", None)
