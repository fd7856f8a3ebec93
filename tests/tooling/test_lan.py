"""On the LAN only the phone page exists; the rest of the local Worker does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hivesync_dev.demo.lan_front import make_app
from hivesync_dev.demo.lan_rules import REQUEST_BYTES, is_published
from yarl import URL

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


@pytest.mark.parametrize("path", [PREVIEW, f"{PREVIEW}/session", "/frame", "/-/react.0a1b.js", "/-/a/b.css"])
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


@dataclass
class Upstream:
    """A Worker that remembers what reached it."""

    seen: list[tuple[str, str, str]] = field(default_factory=list)
    headers: list[list[str]] = field(default_factory=list)
    encodings: list[list[str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append((request.method, request.path, request.headers["Host"]))
        self.headers.append(list(request.headers))
        self.encodings.append(request.headers.getall("Accept-Encoding", []))
        if request.path.endswith("/elsewhere"):
            raise web.HTTPFound("http://192.0.2.1/")
        return web.Response(body=await request.read() or b"page", headers={"X-Kept": "yes"})


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
