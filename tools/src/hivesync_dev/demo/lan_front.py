"""A small reverse proxy that shows the phone page on the LAN. Refuses all that `lan_rules` does not name.

`python -m hivesync_dev.demo.lan_front HOST PORT UPSTREAM`.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web
from yarl import URL

from hivesync_dev.demo.lan_room import asks_for_socket, never_redirected, pass_between
from hivesync_dev.demo.lan_rules import REQUEST_BYTES, is_published, is_room

_UPSTREAM = web.AppKey("upstream", URL)
_CLIENT = web.AppKey("client", aiohttp.ClientSession)
_HOP_BY_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"),
        *("transfer-encoding", "upgrade"),
    }
)
_FORWARDED = frozenset(
    {
        *("host", "user-agent", "accept", "accept-encoding", "accept-language"),
        *("authorization", "content-type"),
        *("if-none-match", "if-modified-since", "range", "if-range"),
    }
)
"""All that the page and a browser's cache need. No length is among them: the front frames what it sends."""

_CHUNK_BYTES = 64 * 1024
_STOP_SECONDS = 0.5
"""A room stays open as long as its phone does; who stops the demo does not wait for that."""


def make_app(upstream: URL) -> web.Application:
    """Give the application in front of the Worker at `upstream`."""
    app = web.Application(client_max_size=REQUEST_BYTES)
    app[_UPSTREAM] = upstream
    app.cleanup_ctx.append(_client)
    app.router.add_route("*", "/{path:.*}", _forward)
    return app


async def _client(app: web.Application) -> AsyncIterator[None]:
    # Bytes pass as they are; compressing and decompressing is between the phone and the Worker.
    async with aiohttp.ClientSession(
        auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[never_redirected()]
    ) as client:
        app[_CLIENT] = client
        yield


def _is_addressed(request: web.Request) -> bool:
    """Tell whether the request names this very address: a foreign name that resolves here is refused."""
    place = request.transport.get_extra_info("sockname") if request.transport else None
    return place is not None and request.headers.getall("Host", []) == [f"{place[0]}:{place[1]}"]


def _forwarded(request: web.Request) -> list[tuple[str, str]]:
    headers = [(name, value) for name, value in request.headers.items() if name.lower() in _FORWARDED]
    if "Accept-Encoding" not in request.headers:
        # aiohttp would ask for compression by itself, and the phone would get what it can't read.
        headers.append(("Accept-Encoding", "identity"))
    return headers


async def _forward(request: web.Request) -> web.StreamResponse:
    if not _is_addressed(request):
        raise web.HTTPMisdirectedRequest
    raw_path, _, query = request.raw_path.partition("?")
    if not is_published(request.method, raw_path):
        raise web.HTTPNotFound
    if request.method != "POST" and request.body_exists:
        raise web.HTTPBadRequest(text="Only a POST has a body.")
    target = URL(f"{request.app[_UPSTREAM]}{raw_path}{'?' + query if query else ''}", encoded=True)
    try:
        if is_room(raw_path) and asks_for_socket(request):
            return await pass_between(request, request.app[_CLIENT], target, _forwarded(request))
        body = await request.read() if request.method == "POST" else None
        async with request.app[_CLIENT].request(
            request.method, target, headers=_forwarded(request), data=body, allow_redirects=False
        ) as answer:
            return await _pass_on(request, answer)
    except aiohttp.ClientConnectionError:
        raise web.HTTPBadGateway(text="The demo's Worker does not answer.") from None


async def _pass_on(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status)
    for name, value in answer.headers.items():
        if name.lower() not in _HOP_BY_HOP:
            response.headers.add(name, value)
    await response.prepare(request)
    async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
        await response.write(chunk)
    await response.write_eof()
    return response


def main() -> None:
    """Serve until SIGTERM."""
    host, port, upstream = sys.argv[1:]
    web.run_app(
        make_app(URL(upstream)),
        host=host,
        port=int(port),
        access_log=None,
        print=None,
        shutdown_timeout=_STOP_SECONDS,
    )


if __name__ == "__main__":
    main()
