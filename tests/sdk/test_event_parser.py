"""The bytes of an event stream mean the same however they are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hivesync import AnswerTooLong
from hivesync._event_parser import EventParser, Message
from hypothesis import given
from hypothesis import strategies as st

STREAM = (
    '\ufeff: hello\r\n\r\nid: 1\r\nevent: a.b\r\ndata: {\r\ndata:  "ä\u2028":\r\ndata:1}\r\n\r\n'
    "data\n\nid:2\revent:c\rdata: x\r\r:\n\nretry: 5\nevent: lost\n\n"
    "unknown: z\ndata:  y\n\nid: \x00\ndata: 👋\n\n"
).encode()
EVENTS = [
    Message("1", "a.b", '{\n "ä\u2028":\n1}'),
    Message("1", "message", ""),
    Message("2", "c", "x"),
    Message("2", "message", " y"),
    Message("2", "message", "👋"),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_cut_anywhere_the_events_are_the_same(cuts: list[int]) -> None:
    parser = EventParser()
    edges = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[start:end] for start, end in pairwise(edges)]
    assert [message for chunk in chunks for message in parser.feed(chunk)] == EVENTS


def test_an_event_that_has_not_ended_is_not_told() -> None:
    assert list(EventParser().feed(b"data: x\n")) == []


@pytest.mark.parametrize("chunk", [b"data: " + b"x" * 100_000 + b"\n", b"x" * 100_000])
def test_an_event_without_end_does_not_fill_the_memory(chunk: bytes) -> None:
    with pytest.raises(AnswerTooLong):
        feed_for_ever(EventParser(), chunk)


def feed_for_ever(parser: EventParser, chunk: bytes) -> None:
    for _ in range(200):
        assert list(parser.feed(chunk)) == []
