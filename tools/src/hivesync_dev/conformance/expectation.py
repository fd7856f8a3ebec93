"""What a scenario says when it sees something else than it expected."""

from __future__ import annotations

from typing import Any

_SHOWN_CHARACTERS = 400


class Mismatch(Exception):
    """The client did not do what the protocol asks for."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}; saw {seen}")
        self.expected = expected
        self.seen = seen


def expect(holds: bool, expected: str, seen: Any) -> None:
    """Raise `Mismatch` unless the condition holds."""
    if not holds:
        raise Mismatch(expected, shortened(seen))


def expect_equal(seen: Any, wanted: Any, what: str) -> None:
    """Raise `Mismatch` unless both are equal."""
    expect(seen == wanted, f"{what}: {shortened(wanted)}", seen)


def shortened(value: Any) -> str:
    """Give a value's text, cut where it would fill the screen."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}… ({len(text)} characters)"
