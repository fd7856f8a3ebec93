"""Answers that nobody thought of, from a backend that is hijacked or mad: what the client gets is one answer.

The judge is h11, which shares no code with llhttp: what the agent sends must be whole and well-formed to it,
or broken off; never two answers, never a header that acts on the client, and the next request is served.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from itertools import count, pairwise

import h11
import pytest
from hivesync_agent import VERSION
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_backend import RawConnection, answer
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.agent.relay.conftest import StartRaw

GET = f"GET {API_PREFIX}/api/v1"
Hostile = tuple[RunningAgent, list[bytes]]
NUMBERS = count()
CANARY = b"the next answer"
BROKEN_OFF = re.compile("peer closed connection|peer unexpectedly closed|without sending complete")
ACTING = re.compile(
    rb"set-cookie2?|www-authenticate|proxy-.*|access-control-.*|alt-svc|strict-transport-security|upgrade"
)
EVERY_ACTING_HEADER = (
    "Content-Length: 2\r\nSet-Cookie: a=b\r\nWWW-Authenticate: Basic x\r\nX-HiveSync-Agent: 1\r\n"
    "Alt-Svc: h2=x\r\nUpgrade: h2c\r\nAccess-Control-Allow-Origin: *\r\nProxy-Authenticate: Basic x\r\n"
)

statuses = st.from_regex(
    re.compile("200 OK|204 No|206 P|301 M|304 Not|401 No|404|500 X|100 C|103 E|101 S|999 x|20 O"),
    fullmatch=True,
)
versions = st.sampled_from(["HTTP/1.1"] * 4 + ["HTTP/1.0", "HTTP/2.0", "http/1.1", "HTTP/1.1 "])
header_names = st.from_regex(
    re.compile(
        "Content-Length|Transfer-Encoding|Connection|Upgrade|Trailer|Set-Cookie|WWW-Authenticate|Location|ETag"
        "|Vary|Cache-Control|Age|Content-Type|Content-Encoding|Content-Range|X-HiveSync-Agent|Alt-Svc|Date"
        "|Access-Control-Allow-Origin|Proxy-Authenticate|Keep-Alive|Last-Modified|Retry-After|TE"
    ),
    fullmatch=True,
)
values = st.one_of(
    st.from_regex(
        re.compile(
            r"|0|2|5|\+2|2,2|-1|0x2|99999999999999999999|chunked|gzip, chunked|chunked, chunked|identity"
            r"|keep-alive|close|upgrade|content-length, etag|websocket|h2c|a=b|Basic x|http://evil\.example/"
            r"|no-store|max-age=9|text/event-stream|text/html|0\.1|\*"
        ),
        fullmatch=True,
    ),
    st.text(st.characters(max_codepoint=255), max_size=10),
)
# Mostly well-formed, or hardly any head would be read to its end.
separators = st.sampled_from([": "] * 20 + [":", " : ", ":\t", " "])
ends = st.sampled_from(["\r\n"] * 20 + ["\n", "\r", "\r\n ", "\0\r\n"])
lines = st.lists(st.builds("{}{}{}{}".format, header_names, separators, values, ends), max_size=5).map(
    "".join
)
CHUNKED = b"2\r\nok\r\n0\r\n\r\n"
SECOND = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
bodies = st.sampled_from(
    [
        b"",
        b"ok",
        b"hello",
        CHUNKED,
        b'2;x="\r\n"\r\nok\r\n0\r\n\r\n',
        b"2\r\nok\r\n0\r\nSet-Cookie: a=b\r\n\r\n",
        b"FFFFFFFFFFFFFFFFF\r\nok",
        b"2\nok\n0\n\n",
        b"-2\r\nok\r\n0\r\n\r\n",
        SECOND,
        b"ok" + SECOND,
    ]
)
cuts = st.lists(st.integers(0, 400), max_size=3)


@pytest.fixture
async def hostile(raw: StartRaw) -> AsyncIterator[Hostile]:
    """An agent, and what its backend says, part by part, to everything but `/fine`."""
    said: list[bytes] = []

    async def conversation(connection: RawConnection) -> None:
        while True:
            head = await connection.head()
            if b"/api/v1/fine" in head:
                await connection.send(answer(CANARY))
                continue
            for part in said:
                await connection.send(part)
                await asyncio.sleep(0)
            return

    async with raw(conversation) as (agent, _):
        yield agent, said


def parts_of(data: bytes, cut: list[int]) -> Iterator[bytes]:
    """Give the data in pieces."""
    at = sorted({0, len(data), *(each % (len(data) + 1) for each in cut)})
    return (data[start:end] for start, end in pairwise(at))


def judged(got: bytes) -> h11.Response | None:
    """Give the one answer that h11 reads in what came before the end; None if it was broken off."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    client.send(h11.EndOfMessage())
    client.receive_data(got)
    client.receive_data(b"")
    found = None
    while True:
        try:
            event = client.next_event()
        except h11.RemoteProtocolError as error:
            if not BROKEN_OFF.search(str(error)):
                raise  # it came whole, and is not well-formed
            return None
        if isinstance(event, h11.Response):
            found = event
        elif isinstance(event, h11.EndOfMessage):
            assert not event.headers, "a trailer"
            assert client.trailing_data[0] == b"", "a second answer"
            return found
        elif isinstance(event, h11.ConnectionClosed):
            return None


async def asked(agent: RunningAgent, path: str) -> bytes:
    """Ask once, on a connection that ends with the answer; give everything that came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    got = b""
    writer.write(agent.head(f"{GET}/{path}", "Connection: close"))
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(10):
            while data := await reader.read(65536):
                got += data
    writer.close()
    return got


@settings(
    max_examples=150,
    deadline=None,
    # One agent for all examples is the point: no answer may spoil it for the next request.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(version=versions, status=statuses, headers=lines, body=bodies, cut=cuts)
@example("HTTP/1.1", "200 OK", EVERY_ACTING_HEADER, b"ok", [])
@example("HTTP/1.1", "200 OK", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", CHUNKED, [])
@example("HTTP/1.1", "200 OK", "Content-Length: 2\r\n", b"ok" + SECOND, [])
@example("HTTP/1.1", "200 OK", "Content-Length: 2\r\nConnection: content-length\r\n", b"ok", [])
@example("HTTP/1.1", "101 S", "Connection: upgrade\r\nUpgrade: websocket\r\n", b"evil", [])
@example("HTTP/1.1", "204 No Content", "Content-Length: 5\r\n", b"hello", [])
@example("HTTP/1.1", "304 Not Modified", "Transfer-Encoding: chunked\r\n", CHUNKED, [])
@example("HTTP/1.1", "200 OK", "Transfer-Encoding: gzip, chunked\r\n", CHUNKED, [])
async def test_whatever_the_backend_says_the_client_gets_one_answer_or_none(
    hostile: Hostile,
    version: str,
    status: str,
    headers: str,
    body: bytes,
    cut: list[int],
) -> None:
    agent, said = hostile
    agent.agent.upstream.breaker.succeeded()  # or it would soon not be asked any more
    data = f"{version} {status}\r\n{headers}\r\n".encode("latin-1") + body
    said[:] = parts_of(data, cut)
    got = await asked(agent, f"x?{next(NUMBERS)}")  # never asked before, so never answered from the cache
    response = judged(got)
    assert agent.token.encode() not in got
    if response is not None:
        own = [value for name, value in response.headers if name.lower() == b"x-hivesync-agent"]
        if own:  # nothing that could be understood has come, or the key was refused
            assert (own, response.status_code in (401, 503)) == ([VERSION.encode()], True)
        else:
            names = {name.lower() for name, _ in response.headers}
            assert not [name for name in names if ACTING.fullmatch(name)]
            assert response.status_code != 204 or b"content-length" not in names  # RFC 9110 §8.6
    assert (await asked(agent, "fine")).endswith(CANARY)


@pytest.mark.parametrize(
    "flood",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: x\r\n" * 20_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
        b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1;" + b"x" * 200_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X-Trailer: x\r\n" * 20_000,
        b"HTTP/1.1 200 " + b"O" * 200_000,
    ],
    ids=["headers", "100", "103", "chunk extension", "trailers", "reason"],
)
async def test_heads_without_end_are_ended(hostile: Hostile, flood: bytes) -> None:
    agent, said = hostile
    agent.agent.upstream.breaker.succeeded()
    said[:] = [flood]
    got = await asked(agent, "x")
    assert len(got) < 2 * len(flood)
    assert not got.endswith(b"0\r\n\r\n")
    assert (await asked(agent, "fine")).endswith(CANARY)
