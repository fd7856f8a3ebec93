"""The relay: `/hivesync-desktop-api/api/v1/**` becomes `/api/v1/**` of the backend, signed in.

Bytes stream in both directions and are never collected. Redirects are passed on, not followed. A client
that leaves ends the upstream request, since its handler is cancelled.
"""

from __future__ import annotations

import logging

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from hivesync_agent.relay.body import RequestBody, read_body
from hivesync_agent.relay.headers import answer_headers, request_headers
from hivesync_agent.relay.policy import check_relayed, needs_session
from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.upstream import Upstream

_BODYLESS = frozenset({204, 304})
_log = logging.getLogger("hivesync.relay")


class Relay:
    """Forwards requests whose head the gate has accepted."""

    def __init__(self, upstream: Upstream, access: SessionAccess) -> None:
        self._upstream = upstream
        self._access = access

    async def forward(
        self, request: web.BaseRequest, path: str, query: str, request_id: str
    ) -> web.StreamResponse:
        """Answer one request with the backend's answer.

        Raises `Forbidden`, `SignedOut` or `UpstreamUnreachable` before the answer has begun.
        """
        check_relayed(request.method, path)
        token = None
        if needs_session(request.method, path):
            token = self._access.current() or await self._access.access_token()
        body = await read_body(request)
        target = f"{path}?{query}" if query else path
        answer = await self._send(request, target, body, token, request_id)
        if answer.status == 401 and token is not None:
            if body.replayable:
                answer.release()
                token = await self._access.replace_token(token)
                answer = await self._send(request, target, body, token, request_id)
            else:
                # Half of the body is gone: the client gets this refusal, and a fresh token the next time.
                self._access.discard(token)
        return await _pass_on(request, answer)

    async def _send(
        self, request: web.BaseRequest, target: str, body: RequestBody, token: str | None, request_id: str
    ) -> aiohttp.ClientResponse:
        headers = request_headers(request.raw_headers, token, request_id)
        return await self._upstream.send(request.method, target, headers, body.content)


async def _pass_on(request: web.BaseRequest, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    """Stream the answer to the client; break its connection off if the backend breaks off."""
    headers = answer_headers(answer.raw_headers)
    has_body = request.method != "HEAD" and answer.status not in _BODYLESS
    if has_body and answer.content.is_eof():
        # It is here already, as nearly every JSON answer: head and body leave in one packet.
        return _whole(answer, headers)
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=headers)
    try:
        await response.prepare(request)
        if has_body:
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
        await response.write_eof()
        answer.release()
    except (aiohttp.ClientError, TimeoutError) as exc:
        # The head is gone already. Only a broken connection tells the client that the body is not whole.
        _log.warning("answer broken off", extra={"status": answer.status})
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError from exc
    finally:
        if not answer.closed:
            answer.close()
    return response


def _whole(answer: aiohttp.ClientResponse, headers: CIMultiDict[str]) -> web.Response:
    body = answer.content.read_nowait(-1)
    answer.release()
    return web.Response(status=answer.status, reason=answer.reason, headers=headers, body=body)
