"""On the LAN only the phone page and its room exist; the rest of the local Worker does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hivesync_dev.demo.lan_front import make_app
from hivesync_dev.demo.lan_rules import MESSAGE_BYTES, REQUEST_BYTES, is_published, is_room
from yarl import URL

ROOM = "hivesync.room.1"
PREVIEW = "/p/018f3a5e-0000-7000-8000-000000000001"
REFUSED = [
    "/",
    "/health",
    "/jobs",
    "/cdn-cgi/local/r2/s3/hivesync-previews/x",
    "/p/../jobs",
    "/p/x/../../jobs",
    "/p/%2e%2e/jobs",
    "/p/x%2f..%2f..%2fjobs",
    "/p/x/./y",
    "/p//jobs",
    "//p/x",
    "/P/x",
    "/p/x\\..\\jobs",
    "/frame/../jobs",
    "/-/../jobs",
    "/p/",
    "/p/x/",
]


@pytest.mark.parametrize(
    "path", ["/p", PREVIEW, f"{PREVIEW}/session", "/frame", "/-/react.0a1b.js", "/-/a/b.css"]
)
def test_the_phone_page_is_published(path: str) -> None:
    assert is_published("GET", path)


@pytest.mark.parametrize("path", REFUSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everything_else_is_not(method: str, path: str) -> None:
    assert not is_published(method, path)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "CONNECT", "OPTIONS", "TRACE"])
def test_other_methods_are_not(method: str) -> None:
    assert not is_published(method, f"{PREVIEW}/session")


def test_assets_can_only_be_read() -> None:
    assert not is_published("POST", "/frame")
    assert not is_published("POST", "/-/app.js")
    assert not is_published("POST", PREVIEW)


def test_only_a_room_becomes_a_socket() -> None:
    assert is_room(f"{PREVIEW}/room")
    for path in [*REFUSED, PREVIEW, "/p", "/p/room", f"{PREVIEW}/session", f"{PREVIEW}/room/", "/-/room"]:
        assert not is_room(path)
    assert not is_published("POST", f"{PREVIEW}/a/room")


@dataclass
class Upstream:
    """A Worker that remembers what reached it."""

    seen: list[tuple[str, str, str]] = field(default_factory=list)
    headers: list[list[str]] = field(default_factory=list)
    encodings: list[list[str]] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.method, request.path, request.headers["Host"]))
        self.headers.append(list(request.headers))
        self.encodings.append(request.headers.getall("Accept-Encoding", []))
        if "Upgrade" in request.headers:
            return await self.room(request)
        if request.path.endswith("/elsewhere"):
            raise web.HTTPFound("http://192.0.2.1/")
        return web.Response(body=await request.read() or b"page", headers={"X-Kept": "yes"})

    async def room(self, request: web.Request) -> web.StreamResponse:
        """Repeat what is said, and go when asked to; only who offers the token comes in."""
        if request.headers["Sec-WebSocket-Protocol"] == f"{ROOM},moved":
            raise web.HTTPTemporaryRedirect("/jobs")
        if request.headers["Sec-WebSocket-Protocol"] != f"{ROOM},token":
            return web.Response(status=401)
        socket = web.WebSocketResponse(protocols=[ROOM])
        await socket.prepare(request)
        async for message in socket:
            if message.data == "go":
                await socket.close(code=4001, message=b"too many devices")
            elif message.type is aiohttp.WSMsgType.TEXT:
                await socket.send_str(f"{message.data}!")
            else:
                await socket.send_bytes(message.data)
        self.left.set()
        return socket


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
async def front(upstream: Upstream) -> AsyncIterator[URL]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", upstream.answer)
    async with TestServer(app) as worker, TestServer(make_app(worker.make_url("/").origin())) as server:
        yield server.make_url("/")


@pytest.fixture
async def phone() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_page_passes_with_its_host_and_headers(
    front: URL, phone: aiohttp.ClientSession, upstream: Upstream
) -> None:
    async with phone.get(front.with_path(PREVIEW)) as answer:
        assert await answer.read() == b"page"
        assert answer.headers["X-Kept"] == "yes"
    assert upstream.seen == [("GET", PREVIEW, f"127.0.0.1:{front.port}")]


async def test_a_token_exchange_passes(front: URL, phone: aiohttp.ClientSession) -> None:
    async with phone.post(front.with_path(f"{PREVIEW}/session"), data=b'{"token":"x"}') as answer:
        assert await answer.read() == b'{"token":"x"}'


@pytest.mark.parametrize("path", ["/jobs", "/cdn-cgi/local/r2/s3/b/x", "/p/%2e%2e/jobs"])
async def test_nothing_else_reaches_the_worker(
    front: URL, phone: aiohttp.ClientSession, upstream: Upstream, path: str
) -> None:
    target = URL(f"{front.origin()}{path}", encoded=True)
    for method in ("GET", "POST"):
        async with phone.request(method, target) as answer:
            assert answer.status == 404
    assert upstream.seen == []


async def test_a_large_body_is_refused(front: URL, phone: aiohttp.ClientSession, upstream: Upstream) -> None:
    async with phone.post(front.with_path(f"{PREVIEW}/session"), data=bytes(REQUEST_BYTES + 1)) as answer:
        assert answer.status == 413
    assert upstream.seen == []


async def test_a_redirect_is_passed_on_and_not_followed(front: URL, phone: aiohttp.ClientSession) -> None:
    async with phone.get(front.with_path(f"{PREVIEW}/elsewhere"), allow_redirects=False) as answer:
        assert answer.status == 302


async def test_a_worker_that_is_gone_gives_502(phone: aiohttp.ClientSession, unused_tcp_port: int) -> None:
    gone = URL(f"http://127.0.0.1:{unused_tcp_port}")
    async with (
        TestServer(make_app(gone)) as server,
        phone.get(server.make_url(PREVIEW)) as answer,
    ):
        assert answer.status == 502


async def test_a_body_where_none_belongs_can_not_hide_a_second_request(
    front: URL, upstream: Upstream
) -> None:
    """A length without its body would make the Worker take what follows on the connection for that body,
    and the rest of it, which the sender chose, for a request that no rule has seen."""
    hidden = b"GET /cdn-cgi/local/r2/s3/b/x HTTP/1.1\r\nHost: x\r\n\r\n"
    head = (
        f"GET {PREVIEW} HTTP/1.1\r\nHost: {front.authority}\r\nContent-Length: {len(hidden)}\r\n\r\n".encode()
    )
    reader, writer = await asyncio.open_connection(front.host, front.port)
    writer.write(head + hidden)
    async with asyncio.timeout(10):
        status = await reader.readline()
    writer.close()
    assert b" 400 " in status
    assert upstream.seen == []


async def test_only_headers_that_the_page_needs_reach_the_worker(
    front: URL, phone: aiohttp.ClientSession, upstream: Upstream
) -> None:
    sent = {
        "Authorization": "Bearer x",
        "X-HTTP-Method-Override": "PUT",
        "X-Real-IP": "127.0.0.1",
    }
    async with phone.get(front.with_path(PREVIEW), headers=sent):
        pass
    names = {name.lower() for name in upstream.headers[0]}
    assert "authorization" in names
    assert not names & {"x-http-method-override", "x-real-ip", "content-length"}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "localhost:{port}", "127.0.0.1", ""])
async def test_a_foreign_name_for_this_address_is_refused(
    front: URL, phone: aiohttp.ClientSession, upstream: Upstream, host: str
) -> None:
    """A page of another site could else point its own name here and read what it may not."""
    headers = {"Host": host.format(port=front.port)}
    async with phone.get(front.with_path(PREVIEW), headers=headers) as answer:
        assert answer.status == 421
    assert upstream.seen == []


@pytest.mark.parametrize(("sent", "expected"), [(None, "identity"), ("br", "br")])
async def test_nothing_is_compressed_that_the_phone_did_not_ask_for(
    front: URL, upstream: Upstream, sent: str | None, expected: str
) -> None:
    headers = {"Accept-Encoding": sent} if sent else {}
    async with (
        aiohttp.ClientSession(skip_auto_headers=["Accept-Encoding"]) as phone,
        phone.get(front.with_path(PREVIEW), headers=headers),
    ):
        pass
    assert upstream.encodings == [[expected]]


class TestRoom:
    """The WebSocket of a preview, passed through."""

    @pytest.fixture
    async def room(
        self, front: URL, phone: aiohttp.ClientSession
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        address = front.with_path(f"{PREVIEW}/room")
        async with phone.ws_connect(address, protocols=(ROOM, "token"), max_msg_size=0) as room:
            yield room

    async def test_what_either_side_says_reaches_the_other(
        self, room: aiohttp.ClientWebSocketResponse
    ) -> None:
        assert room.protocol == ROOM
        for text in ("hello", "x" * 5 * REQUEST_BYTES):
            await room.send_str(text)
            assert await room.receive_str(timeout=10) == f"{text}!"
        await room.send_bytes(b"\0\1")
        assert await room.receive_bytes(timeout=10) == b"\0\1"

    async def test_a_phone_that_goes_leaves_the_room(
        self, room: aiohttp.ClientWebSocketResponse, upstream: Upstream
    ) -> None:
        await room.close()
        async with asyncio.timeout(10):
            await upstream.left.wait()

    async def test_a_phone_that_vanishes_leaves_the_room(
        self, room: aiohttp.ClientWebSocketResponse, upstream: Upstream
    ) -> None:
        connection = room._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.abort()
        async with asyncio.timeout(10):
            await upstream.left.wait()

    async def test_the_room_says_goodbye_in_its_own_words(
        self, room: aiohttp.ClientWebSocketResponse, upstream: Upstream
    ) -> None:
        await room.send_str("go")
        goodbye = await room.receive(timeout=10)
        assert (goodbye.type, goodbye.data, goodbye.extra) == (
            aiohttp.WSMsgType.CLOSE,
            4001,
            "too many devices",
        )
        assert upstream.left.is_set()

    async def test_a_message_that_no_phone_sends_ends_it(
        self, room: aiohttp.ClientWebSocketResponse, upstream: Upstream
    ) -> None:
        await room.send_str("x" * (MESSAGE_BYTES + 1))
        assert (await room.receive(timeout=10)).data == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
        async with asyncio.timeout(10):
            await upstream.left.wait()

    async def test_who_may_not_come_in_is_told_so(self, front: URL, phone: aiohttp.ClientSession) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await phone.ws_connect(front.with_path(f"{PREVIEW}/room"), protocols=(ROOM, "guessed"))
        assert refused.value.status == 401

    async def test_a_room_that_moved_is_not_followed(
        self, front: URL, phone: aiohttp.ClientSession, upstream: Upstream
    ) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await phone.ws_connect(front.with_path(f"{PREVIEW}/room"), protocols=(ROOM, "moved"))
        assert refused.value.status == 502
        assert [path for _, path, _ in upstream.seen] == [f"{PREVIEW}/room"]

    @pytest.mark.parametrize("path", [PREVIEW, f"{PREVIEW}/session", "/jobs", "/cdn-cgi/local/explorer"])
    async def test_no_other_path_becomes_a_socket(
        self, front: URL, phone: aiohttp.ClientSession, upstream: Upstream, path: str
    ) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await phone.ws_connect(front.with_path(path), protocols=(ROOM, "token"))
        assert not any("Upgrade" in names for names in upstream.headers)

    async def test_a_foreign_name_opens_no_room(
        self, front: URL, phone: aiohttp.ClientSession, upstream: Upstream
    ) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await phone.ws_connect(front.with_path(f"{PREVIEW}/room"), headers={"Host": "evil.example"})
        assert refused.value.status == 421
        assert upstream.seen == []
