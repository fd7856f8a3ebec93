"""A backend for measurements that nginx can't play: bodies of any size both ways, ETags, TLS.

`python -m bench.upstream PORT [CERTIFICATE]`, in a process of its own. Knows no session and no rule.
"""

from __future__ import annotations

import ssl
import sys

from aiohttp import web

ETAG = '"read-1"'
_BLOCK = bytes(256 * 1024)
_READ = b'{"items": []}'


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok", "version": "0", "env": "local", "upload_origins": []})


async def _download(request: web.Request) -> web.StreamResponse:
    left = int(request.query["bytes"])
    response = web.StreamResponse()
    response.content_length = left
    await response.prepare(request)
    while left > 0:
        await response.write(_BLOCK[:left])
        left -= len(_BLOCK)
    return response


async def _upload(request: web.Request) -> web.Response:
    received = 0
    async for chunk in request.content.iter_any():
        received += len(chunk)
    return web.json_response({"received": received})


async def _read(request: web.Request) -> web.Response:
    headers = {"ETag": ETAG, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == ETAG:
        return web.Response(status=304, headers=headers)
    return web.Response(body=_READ, content_type="application/json", headers=headers)


def main() -> None:
    """Serve until the process ends."""
    port, *certificate = sys.argv[1:]
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate[0])
    app = web.Application()
    app.router.add_get("/api/v1/health", _health)
    app.router.add_get("/api/v1/bench/download", _download)
    app.router.add_put("/api/v1/bench/upload", _upload)
    app.router.add_get("/api/v1/bench/read", _read)
    web.run_app(app, host="127.0.0.1", port=int(port), ssl_context=context, print=None, access_log=None)


if __name__ == "__main__":
    main()
