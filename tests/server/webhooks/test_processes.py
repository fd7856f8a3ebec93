"""Several servers, of which one is killed while it sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_server.webhooks.dispatcher import LEASE

from tests.server.webhooks.conftest import hook

Start = Callable[[], Awaitable[BackendProcess]]


@pytest.fixture
async def servers(environ: dict[str, str]) -> AsyncIterator[Start]:
    """Starts servers that share a database, and leaves none behind."""
    async with AsyncExitStack() as stack:

        async def start() -> BackendProcess:
            # One origin for all: it issues the tokens.
            server = BackendProcess(environ | {"BASE_URL": "http://127.0.0.1:4000"})
            stack.push_async_callback(server.kill)
            return await server.start()

        yield start


async def test_a_message_of_a_killed_server_is_sent_by_another_under_its_id(
    servers: Start, receiver: WebhookReceiver
) -> None:
    first = await servers()
    receiver.held.add("/in")
    async with first.client() as client:
        ann = await BackendUser(client, "ann").sign_up()
        mine = await hook(ann, f"{receiver.origin}/in")
        message = (await mine.ping())["id"]
        await receiver.wait_for(1)
        await first.kill()
    second, third = await asyncio.gather(servers(), servers())
    receiver.release()
    sent = await receiver.wait_for(2, deadline_seconds=LEASE.total_seconds() + 30)
    assert [each.id for each in sent] == [message, message]
    assert sent[1].signed_with(mine.secret)
    for server in (second, third):
        async with server.client() as client:
            again = await BackendUser(client, "ann").sign_in()
            shown = await client.get(f"{mine.path}/deliveries/{message}")
            assert (shown.json()["state"], shown.json()["attempts"]) == ("delivered", 1)
            await again.project()
    # Two at work, and nothing is sent twice: one message for each of the two projects.
    told = await receiver.wait_for(4)
    await asyncio.sleep(2)
    assert len({each.id for each in told[2:]}) == len(receiver.messages) - 2 == 2
