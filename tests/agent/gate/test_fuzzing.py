"""Heads that nobody thought of: what the agent accepts, another strict parser reads in the same way.

The judge is h11, which shares no code with llhttp. A head that only one of the two would take is a head that
the backend, or a proxy before it, could read differently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import h11
from hivesync_agent.gate.target import split_target
from hivesync_agent.problems import BadRequest
from hivesync_agent.relay.headers import FORWARDED, answer_headers, request_headers
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_http import RawAnswer, send_raw
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from yarl import URL

RELAYED = f"{API_PREFIX}/api/v1/projects"
MADE_HERE = {b"via", b"x-request-id", b"authorization", b"host", b"content-length", b"transfer-encoding"}
OVER_A_SOCKET = settings(
    max_examples=300,
    deadline=None,
    # One agent for all examples is the point: no head may spoil it for the next.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

names = st.from_regex(
    re.compile(
        "Host|Origin|Referer|Sec-Fetch-Site|Authorization|X-HiveSync-Client|X-HiveSync-Protocol|Content-Length"
        "|Transfer-Encoding|Connection|Upgrade|Expect|TE|Trailer|Cookie|X-Forwarded-For|Forwarded|Accept|Via"
        "|Proxy-Connection|X-HTTP-Method-Override|Sec-WebSocket-Key|Range"
    ),
    fullmatch=True,
)
values = st.one_of(
    st.from_regex(
        re.compile(
            r"|0|00|1|\+1|1,1|chunked|gzip, chunked|identity|close|keep-alive|upgrade|Authorization, Host|h2c"
            r"|websocket|100-continue|trailers|\*/\*|evil\.example|127\.0\.0\.1|Bearer x|a/1|null|bytes=0-1"
        ),
        fullmatch=True,
    ),
    st.text(st.characters(max_codepoint=255), max_size=12),
)
spellings = st.builds(lambda name, change: change(name), names, st.sampled_from([str, str.upper, str.lower]))
separators = st.sampled_from([": ", ":", ":\t", " : ", " ", ":  "])
ends = st.sampled_from(["\r\n", "\r\n", "\r\n", "\n", "\r", "\r\n ", "\r\r\n", "\0\r\n"])
extra_lines = st.lists(st.builds("{}{}{}{}".format, spellings, separators, values, ends), max_size=3)
pieces = st.from_regex(
    re.compile(
        r"//?|\.\.?|%2e|%2F|%5C|\\|;|%00|%0d%0a|%25|%|\?|#|@|:|a|1|http://|evil\.example|admin|é| |\t|\*"
        r"|%c0%ae"
    ),
    fullmatch=True,
)
suffixes = st.lists(pieces, max_size=5).map("".join)
splices = st.one_of(
    st.none(), st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=3), st.integers(0, 3))
)


@dataclass(frozen=True)
class Splice:
    """Bytes put into a head, in the place of some that stood there."""

    at: int
    content: bytes
    replaced: int

    def into(self, head: bytes) -> bytes:
        at = self.at % len(head)
        return head[:at] + self.content + head[at + self.replaced :]


def judged(head: bytes) -> h11.Request | None:
    """Give the head as h11 reads it; None if it refuses it, or wants more of it."""
    # Spaces on the request line may be taken for one (RFC 9112 §3); llhttp does, and they change nothing.
    line, end, rest = head.partition(b"\r\n")
    head = re.sub(rb" +", b" ", line) + end + rest
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=65_536)
    try:
        connection.receive_data(head)
        event = connection.next_event()
    except h11.RemoteProtocolError:
        return None
    return event if isinstance(event, h11.Request) else None


def check_accepted(agent: RunningAgent, head: bytes) -> None:
    """Check that a head which got past the gate is what it claims to be, for the other parser, too."""
    request = judged(head)
    assert request is not None, "llhttp took what h11 refuses"
    headers = list(request.headers)
    given = {name: [value for key, value in headers if key == name] for name, _ in headers}
    assert given[b"host"] == [f"127.0.0.1:{agent.port}".encode()]
    assert [value.split()[1] for value in given[b"authorization"]] == [agent.token.encode()]
    assert len(given[b"x-hivesync-client"]) == 1
    assert not {b"origin", b"referer"} & given.keys()
    assert not [name for name in given if name.startswith(b"sec-fetch-")]
    assert not {b"content-length", b"transfer-encoding"} <= given.keys()
    assert request.target.startswith(b"/")


def check_forwarded(agent: RunningAgent, backend: UpstreamBackend, head: bytes) -> None:
    """Check what the backend got: the sent path, no header but the allowed ones, not the local token."""
    request = judged(head)
    for seen in backend.relayed():
        assert request is not None
        assert seen.method.encode() == request.method
        path, _, query = request.target.partition(b"?")  # an empty query is not worth its mark
        assert (API_PREFIX + seen.target).encode("latin-1") == path + (b"?" + query if query else b"")
        assert {name.lower().encode() for name, _ in seen.headers} <= FORWARDED | MADE_HERE
        assert agent.token not in str(seen.headers)


@OVER_A_SOCKET
@given(extra=extra_lines, suffix=suffixes, splice=splices)
@example(extra=["Host: evil.example\r\n"], suffix="", splice=None)
@example(extra=["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"], suffix="", splice=None)
@example(extra=["Transfer-Encoding: gzip, chunked\r\n"], suffix="", splice=None)
@example(extra=[], suffix="/..%2Fadmin", splice=None)
async def test_what_is_let_in_means_the_same_to_another_parser(
    signed_in: RunningAgent,
    backend: UpstreamBackend,
    extra: list[str],
    suffix: str,
    splice: tuple[int, bytes, int] | None,
) -> None:
    backend.journal.clear()
    head = signed_in.head(f"GET {RELAYED}{suffix}").removesuffix(b"\r\n")
    head += "".join(extra).encode("latin-1") + b"\r\n"
    if splice is not None:
        head = Splice(*splice).into(head)
    answer = await answer_to(signed_in, head)
    if answer is not None and answer.status not in (100, *range(400, 500)):
        check_accepted(signed_in, head)
    check_forwarded(signed_in, backend, head)
    # Whatever it was, the next caller is served.
    async with signed_in.http.get(f"{signed_in.url}/v1/nothing") as alive:
        assert alive.status == 404


async def answer_to(agent: RunningAgent, head: bytes) -> RawAnswer | None:
    """Send a head; None without an answer, as for one that has no end."""
    try:
        return await send_raw(agent.port, head, answer_seconds=0.2)
    except TimeoutError:
        return None


@settings(max_examples=2_000)
@given(st.lists(st.one_of(pieces, st.text(max_size=2)), max_size=8).map("".join))
@example("/api/v1/a%2e%2e/b")
@example("/a/%2e%2e%5cb")
def test_a_target_that_passes_reads_the_same_in_every_library(tail: str) -> None:
    target = f"/api/v1/{tail}"
    try:
        path, query = split_target(target)
    except BadRequest:
        return
    assert target in (f"{path}?{query}", path)
    assert urlsplit(target).path == path
    assert not urlsplit(target).netloc
    assert URL(f"http://h{target}", encoded=True).raw_path == path
    decoded = unquote(path, "latin-1")
    assert unquote(decoded, "latin-1") == decoded
    assert not re.search(r"[\x00-\x1f\x7f\\;]", decoded)
    assert decoded.count("/") == path.count("/")
    assert not {".", "..", ""} & set(decoded.removesuffix("/").split("/")[1:])


header_lists = st.lists(
    st.tuples(
        st.one_of(
            names, st.sampled_from(["Accept", "accept", "Set-Cookie", "WWW-Authenticate", "X-HiveSync-Agent"])
        ).map(str.encode),
        st.one_of(names, values).map(lambda value: value.encode("latin-1")),
    ),
    max_size=8,
)


@settings(max_examples=1_000)
@given(header_lists, st.booleans())
def test_only_what_is_allowed_crosses_towards_the_backend(
    raw: list[tuple[bytes, bytes]], websocket: bool
) -> None:
    sent = request_headers(raw, "the-session", "the-id", websocket=websocket)
    found = [name.lower() for name, _ in sent]
    handshake = {name for name in found if name.startswith(b"sec-websocket-")} if websocket else set()
    hop = {b"connection", b"upgrade"} if websocket else set()
    assert set(found) <= FORWARDED | MADE_HERE | handshake | hop
    assert [value for name, value in sent if name.lower() == b"authorization"] == [b"Bearer the-session"]
    assert found.count(b"x-request-id") == 1
    dropped = {
        option.strip().lower()
        for name, value in raw
        if name.lower() == b"connection"
        for option in value.split(b",")
    }
    assert not dropped & {name for name in found if name in FORWARDED}


@settings(max_examples=1_000)
@given(header_lists)
def test_nothing_that_acts_on_a_client_crosses_back(raw: list[tuple[bytes, bytes]]) -> None:
    found = {name.lower() for name, _ in answer_headers(raw)}
    assert not found & {b"set-cookie", b"www-authenticate", b"x-hivesync-agent", b"connection", b"upgrade"}
    assert not [name for name in found if name.startswith(b"access-control-")]
