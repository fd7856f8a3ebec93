"""A link that can be cut: what passes, what waits, what breaks."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest
from hivesync_dev.servers.unsteady_link import UnsteadyLink


@contextlib.asynccontextmanager
async def echo_behind(heard: list[bytes]) -> AsyncIterator[UnsteadyLink]:
    """A link to a server that notes and returns what it hears."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1024):
                heard.append(data)
                writer.write(data)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        link = UnsteadyLink(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(link.__enter__)
        try:
            yield link
        finally:
            await asyncio.to_thread(link.__exit__, None, None, None)


async def opened(link: UnsteadyLink) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect through the link, and see that it works."""
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    await answered(reader, writer)
    return reader, writer


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"ping")
    async with asyncio.timeout(10):
        assert await reader.readexactly(4) == b"ping"


async def test_in_silence_nothing_arrives_and_later_everything_does() -> None:
    heard: list[bytes] = []
    async with echo_behind(heard) as link:
        reader, writer = await opened(link)
        await asyncio.to_thread(link.silence)
        writer.write(b"later")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(5), 0.1)
        assert heard == [b"ping"]
        await asyncio.to_thread(link.heal)
        async with asyncio.timeout(10):
            assert await reader.readexactly(5) == b"later"
        writer.close()


async def test_a_deaf_link_does_what_is_asked_and_tells_nobody() -> None:
    heard: list[bytes] = []
    async with echo_behind(heard) as link:
        reader, writer = await opened(link)
        await asyncio.to_thread(link.deafen)
        writer.write(b"done?")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(5), 0.1)
        assert heard == [b"ping", b"done?"]
        await asyncio.to_thread(link.break_connections)
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(5)
        writer.close()


async def test_a_refusing_link_resets_old_and_new_connections_until_it_is_healed() -> None:
    async with echo_behind([]) as link:
        reader, writer = await opened(link)
        await asyncio.to_thread(link.refuse)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await opened(link)
        await asyncio.to_thread(link.heal)
        _, again = await opened(link)
        for each in (writer, again):
            each.close()


async def test_a_distance_costs_a_round_trip() -> None:
    async with echo_behind([]) as link:
        reader, writer = await opened(link)
        await asyncio.to_thread(link.delay, 0.2)
        began = time.monotonic()
        await answered(reader, writer)
        assert time.monotonic() - began >= 0.2
        writer.close()
