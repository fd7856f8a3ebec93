"""The agent's WebSocket to a preview's room. Carries no session token, follows no redirect, and dials only
the origins that the backend's health answer lists. Loaded with the first live preview."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import aiohttp
from hivesync_contract.rooms import PROTOCOL, RoomAccess
from yarl import URL

from hivesync_agent.backend.proxy import system_proxy
from hivesync_agent.previews.uploads import check_address, origin_of, tls_of

_PING_SECONDS = 20.0
_MESSAGE_BYTES = 1024 * 1024


class RoomSocket:
    """An open room."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, text: str) -> None:
        """Send one message; raise `OSError` if the room is gone."""
        try:
            await self._socket.send_str(text)
        except (aiohttp.ClientError, RuntimeError) as exc:
            raise ConnectionResetError("the room is gone") from exc

    async def messages(self) -> AsyncIterator[str]:
        """Give what the room says, until it is gone."""
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                yield message.data


@asynccontextmanager
async def open_room(access: RoomAccess, origins: Collection[str]) -> AsyncIterator[RoomSocket]:
    """Enter a room; raise `OSError` where that fails for now, or `UploadRefused` for an address not ours."""
    url = check_address(access.url, {origin_of(URL(each)) for each in origins})
    origin = origin_of(url)
    watched = aiohttp.TraceConfig()
    watched.on_request_redirect.append(_refuse)
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=tls_of(origin)),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        proxy=system_proxy(str(origin)).url,
        trace_configs=[watched],
    )
    async with session:
        try:
            socket = await session.ws_connect(
                url, protocols=(PROTOCOL, access.token), heartbeat=_PING_SECONDS, max_msg_size=_MESSAGE_BYTES
            )
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise ConnectionRefusedError("the room can't be entered") from exc
        async with socket:
            yield RoomSocket(socket)


async def _refuse(*_: object) -> None:
    """A redirect would carry the token to wherever it points."""
    raise aiohttp.ClientError("a room does not redirect")
