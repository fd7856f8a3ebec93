"""What a request is does not depend on how its bytes arrive, and nothing behind it is ever a part of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest
from hivesync_agent.gate.parser import RequestParser
from hivesync_agent.gate.request import Request
from hivesync_agent.problems import BadRequest
from hypothesis import assume, given
from hypothesis import strategies as st

HEAD = b"POST /%b HTTP/1.1\r\nHost: x\r\n%b\r\n"
CLOSE = b"Connection: close\r\n"
BODIES = st.binary(min_size=1, max_size=200)
CUTS = st.lists(st.integers(0, 600), max_size=8)


@dataclass
class Heard:
    """A connection that notes what its parser says: target and body of each request, and whether it ended."""

    requests: list[tuple[str, bytes, bool]] = field(default_factory=list)

    def request_came(self, request: Request) -> None:
        assert all(ended for _, _, ended in self.requests)
        self.requests.append((request.target, b"", False))

    def body_came(self, data: bytes) -> None:
        assert data
        target, body, ended = self.requests[-1]
        assert not ended
        self.requests[-1] = (target, body + data, False)

    def body_ended(self) -> None:
        target, body, ended = self.requests[-1]
        assert not ended
        self.requests[-1] = (target, body, True)

    def admitted(self) -> None:
        raise AssertionError("a parser answers nobody")

    def write(self, data: bytes) -> None:
        raise AssertionError("a parser answers nobody")

    def half_close(self) -> None:
        raise AssertionError("a parser answers nobody")

    def abort(self) -> None:
        raise AssertionError("a parser answers nobody")

    def finished(self, request: Request, *, close: bool) -> None:
        raise AssertionError("a parser answers nobody")

    def reading_changed(self) -> None:
        raise AssertionError("a parser answers nobody")


def counted(target: bytes, body: bytes, more: bytes = b"") -> bytes:
    """Give a request whose body has a length."""
    return HEAD % (target, b"Content-Length: %d\r\n%b" % (len(body), more)) + body


def heard(data: bytes, cuts: list[int]) -> Heard:
    """Feed the bytes, cut at these places."""
    told = Heard()
    parser = RequestParser(told)
    for start, end in itertools.pairwise(sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})):
        assert parser.feed(data[start:end]) is None
    return told


@given(bodies=st.lists(BODIES, min_size=1, max_size=3), cuts=CUTS)
def test_counted_bodies_are_the_same_in_any_pieces(bodies: list[bytes], cuts: list[int]) -> None:
    data = b"".join(counted(b"%d" % number, body) for number, body in enumerate(bodies))
    expected = [(f"/{number}", body, True) for number, body in enumerate(bodies)]
    assert heard(data, cuts).requests == expected


@given(body=BODIES, cuts=CUTS)
def test_chunks_and_requests_without_a_body_follow_as_well(body: bytes, cuts: list[int]) -> None:
    chunks = HEAD % (b"b", b"Transfer-Encoding: chunked\r\n") + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    told = heard(counted(b"a", body) + chunks + HEAD % (b"c", b"") + counted(b"d", body), cuts)
    assert told.requests == [("/a", body, True), ("/b", body, True), ("/c", b"", True), ("/d", body, True)]


@given(body=BODIES, missing=st.integers(1, 50), cuts=CUTS)
def test_a_body_that_is_too_short_is_not_complete(body: bytes, missing: int, cuts: list[int]) -> None:
    data = HEAD % (b"a", b"Content-Length: %d\r\n" % (len(body) + missing)) + body
    assert heard(data, cuts).requests == [("/a", body, False)]


@given(
    body=BODIES,
    rest=st.one_of(st.binary(min_size=1, max_size=50), st.just(counted(b"b", b"smuggled"))),
    cuts=CUTS,
)
def test_nothing_follows_a_last_request(body: bytes, rest: bytes, cuts: list[int]) -> None:
    assume(rest.strip(b"\r\n"))
    with pytest.raises(BadRequest):
        heard(counted(b"a", body, CLOSE) + rest, cuts)


@given(body=BODIES, cuts=CUTS)
def test_what_is_no_request_is_refused_behind_a_counted_body(body: bytes, cuts: list[int]) -> None:
    with pytest.raises(BadRequest):
        heard(counted(b"a", body) + b"\x00" + counted(b"b", body), cuts)
