"""A preview's room through the LAN front: all that either side says, until one of them goes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import aiohttp
from aiohttp import WSCloseCode, WSMsgType, hdrs, web
from yarl import URL

from hivesync_dev.demo.lan_rules import MESSAGE_BYTES

_PING_SECONDS = 20.0

Side = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


def never_redirected() -> aiohttp.TraceConfig:
    """Give what makes a client refuse redirects where it opens a WebSocket, which has no option for it.

    The rules look at what the phone asks for; a redirect would lead past them, and take the token along.
    """
    watched = aiohttp.TraceConfig()
    watched.on_request_redirect.append(_refuse)
    return watched


async def _refuse(*_: object) -> None:
    raise aiohttp.ClientConnectionError("a room does not redirect")


def asks_for_socket(request: web.Request) -> bool:
    """Tell whether the request wants to become a WebSocket."""
    return request.method == hdrs.METH_GET and request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"


async def pass_between(
    request: web.Request, client: aiohttp.ClientSession, room_url: URL, headers: Iterable[tuple[str, str]]
) -> web.StreamResponse:
    """Connect the phone with its room; a refusal of the Worker is passed on before any WebSocket is open."""
    offered = [each.strip() for each in request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "").split(",")]
    try:
        # The Worker is ours, and what a phone has missed may be long.
        room = await client.ws_connect(room_url, protocols=offered, headers=list(headers), max_msg_size=0)
    except aiohttp.WSServerHandshakeError as refusal:
        return web.Response(status=refusal.status)
    async with room:
        chosen = [room.protocol] if room.protocol else []
        phone = web.WebSocketResponse(protocols=chosen, heartbeat=_PING_SECONDS, max_msg_size=MESSAGE_BYTES)
        await phone.prepare(request)
        async with asyncio.TaskGroup() as directions:
            directions.create_task(_pass(phone, room), name="from the phone")
            directions.create_task(_pass(room, phone), name="from the room")
        return phone


async def _pass(source: Side, sink: Side) -> None:
    """Pass messages on until `source` is gone, and its goodbye with them."""
    while (message := await source.receive()).type in (WSMsgType.TEXT, WSMsgType.BINARY):
        try:
            await (sink.send_str if message.type is WSMsgType.TEXT else sink.send_bytes)(message.data)
        except ConnectionError:
            return  # `sink` is gone, and the other direction sees to it
    said = message.type is WSMsgType.CLOSE and message.data
    code = message.data if said else WSCloseCode.GOING_AWAY
    await sink.close(code=code, message=(message.extra or "").encode() if said else b"")
