"""The code in the terminal is whole, or not there at all."""

from __future__ import annotations

from hivesync_agent.cli.qr import whole_code

CODE = "████\n█▀▄█\n████\n"


def test_a_code_is_shown_where_it_just_fits_and_not_where_it_would_be_torn() -> None:
    assert whole_code(CODE, 4) == CODE.rstrip("\n")
    assert whole_code(CODE, 3) is None


def test_a_program_that_reads_the_output_gets_the_code_at_any_width() -> None:
    assert whole_code(CODE * 200, None)
