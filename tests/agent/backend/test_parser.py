"""What an answer is does not depend on how its bytes arrive, and nothing behind it is ever a part of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest
from hivesync_agent.backend.failures import AnswerLost
from hivesync_agent.backend.parser import AnswerParser, Found
from hivesync_agent.wire.messages import AnswerHead
from hypothesis import assume, given
from hypothesis import strategies as st

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b\r\n"
BODIES = st.binary(min_size=1, max_size=200)
CUTS = st.lists(st.integers(0, 400), max_size=8)
NEXT = HEAD % (4, b"") + b"next"


@dataclass
class Taken:
    """Notes what one answer consists of."""

    statuses: list[int] = field(default_factory=list)
    body: bytes = b""

    def interim_came(self, head: AnswerHead) -> None:
        self.statuses.append(head.status)

    def head_came(self, head: AnswerHead) -> None:
        self.statuses.append(head.status)

    def body_came(self, data: bytes) -> None:
        assert data
        self.body += data

    def nothing_more_now(self) -> None:
        raise AssertionError("the connection tells this, not the parser")

    def body_ended(self) -> None:
        raise AssertionError("the connection tells this, not the parser")

    def answer_lost(self, lost: AnswerLost) -> None:
        raise AssertionError("the connection tells this, not the parser")

    def pause_sending(self) -> None:
        raise AssertionError("nothing is sent here")

    def resume_sending(self) -> None:
        raise AssertionError("nothing is sent here")


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut the bytes at these places."""
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    return [data[start:end] for start, end in itertools.pairwise(places)]


def read(parser: AnswerParser, parts: list[bytes], *, head_only: bool = False) -> tuple[Taken, Found]:
    """Feed the parts up to the one that ends the answer."""
    taken = Taken()
    parser.expect(taken, head_only=head_only)
    found = Found.PART
    for part in parts:
        found = parser.feed(part)
        if found is not Found.PART:
            break
    return taken, found


@given(body=BODIES, cuts=CUTS)
def test_a_counted_body_is_the_same_in_any_pieces(body: bytes, cuts: list[int]) -> None:
    parser = AnswerParser()
    for _ in range(2):  # the second on the same connection
        taken, found = read(parser, pieces(HEAD % (len(body), b"") + body, cuts))
        assert (taken.statuses, taken.body, found) == ([200], body, Found.WHOLE)


@given(body=BODIES, cuts=CUTS)
def test_a_chunked_body_is_the_same_in_any_pieces(body: bytes, cuts: list[int]) -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    parser = AnswerParser()
    for _ in range(2):
        taken, found = read(parser, pieces(data, cuts))
        assert (taken.statuses, taken.body, found) == ([200], body, Found.WHOLE)


@given(body=BODIES, surplus=st.one_of(st.binary(min_size=1, max_size=50), st.just(NEXT)), cuts=CUTS)
def test_what_lies_behind_a_counted_body_is_no_part_of_it_and_ends_the_connection(
    body: bytes, surplus: bytes, cuts: list[int]
) -> None:
    assume(surplus.strip(b"\r\n"))  # llhttp skips empty lines before a head; nothing can be smuggled in them
    whole = HEAD % (len(body), b"") + body
    parts = pieces(whole, [cut for cut in cuts if cut < len(whole)])
    parts[-1] += surplus
    taken, found = read(AnswerParser(), parts)
    assert (taken.statuses, taken.body, found) == ([200], body, Found.LAST)


@given(body=BODIES, missing=st.integers(1, 50), cuts=CUTS)
def test_a_body_that_is_too_short_is_never_whole(body: bytes, missing: int, cuts: list[int]) -> None:
    parser = AnswerParser()
    taken, found = read(parser, pieces(HEAD % (len(body) + missing, b"") + body, cuts))
    assert (taken.body, found) == (body, Found.PART)
    assert not parser.ends_with_connection


@pytest.mark.parametrize("in_one_piece", [True, False])
@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"HTTP/1.1 200 OK\r\n", Found.WHOLE),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n", Found.LAST),
        (b"HTTP/1.0 200 OK\r\n", Found.LAST),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", Found.WHOLE),
    ],
)
def test_whether_a_connection_serves_again_is_what_its_head_says(
    head: bytes, found: Found, in_one_piece: bool
) -> None:
    data = head + b"Content-Length: 5\r\n\r\nhello"
    parts = [data] if in_one_piece else [data[:-3], data[-3:]]
    assert read(AnswerParser(), parts)[1] is found


@given(cuts=CUTS)
def test_interim_heads_and_their_lengths_count_nothing(cuts: list[int]) -> None:
    data = b"HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n" + HEAD % (5, b"") + b"hello"
    taken, found = read(AnswerParser(), pieces(data, cuts))
    assert (taken.statuses, taken.body, found) == ([103, 200], b"hello", Found.WHOLE)


@pytest.mark.parametrize("head_only", [True, False])
@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_without_a_body_counts_none(status: bytes, head_only: bool) -> None:
    parser = AnswerParser()
    data = b"HTTP/1.1 %b\r\nContent-Length: 8\r\n\r\n" % status
    assert read(parser, [data], head_only=head_only)[1] is Found.WHOLE
    taken, found = read(parser, [NEXT])
    assert (taken.body, found) == (b"next", Found.WHOLE)


def test_a_taker_that_left_gets_nothing_more() -> None:
    parser, taken = AnswerParser(), Taken()
    parser.expect(taken, head_only=False)
    parser.feed(HEAD % (8, b"") + b"half")
    parser.forget_taker()
    assert parser.feed(b"rest") is Found.WHOLE
    assert taken.body == b"half"
