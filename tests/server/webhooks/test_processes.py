"""Several servers, of which one is killed or told to stop while it sends."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.fake_resend import FakeResend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_server.background.leases import LEASE

from tests.server.webhooks.conftest import hook

API_KEY = "re_" + secrets.token_urlsafe(16)

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


@pytest.fixture
async def resend() -> AsyncIterator[FakeResend]:
    """A Resend that carries mails, and is slow to say so."""
    fake = FakeResend(API_KEY, silent=True)
    await fake.start()
    yield fake
    await fake.stop()


@pytest.mark.any_database
async def test_a_server_that_stops_notes_what_became_of_all_that_it_was_sending(
    environ: dict[str, str], receiver: WebhookReceiver, resend: FakeResend
) -> None:
    mailing = {"EMAIL_PROVIDER": "resend", "RESEND_API_KEY": API_KEY, "RESEND_API_URL": resend.url}
    server = BackendProcess(environ | mailing | {"BASE_URL": "http://127.0.0.1:4000"})
    receiver.held.add("/in")
    try:
        async with (await server.start()).client() as client:
            ann = await BackendUser(client, "ann").sign_up()  # writes a mail
            mine = await hook(ann, f"{receiver.origin}/in")
            message = (await mine.ping())["id"]
            await asyncio.gather(resend.until(carried=1), receiver.wait_for(1))
        server.send(signal.SIGTERM)
        await refused(server)
        receiver.release()
        resend.speak()
        assert await server.stop() == 0
        assert "ended in the middle" not in server.log
        async with (await server.start()).client() as client:
            again = await BackendUser(client, "ann").sign_in()
            shown = (await again.client.get(f"{mine.path}/deliveries/{message}")).json()
            assert (shown["state"], shown["attempts"]) == ("delivered", 1)
            await replace(mine, user=again).ping()
            assert [each.id == message for each in await receiver.wait_for(2)] == [True, False]
        assert resend.requests == 1
    finally:
        await server.kill()


async def refused(server: BackendProcess) -> None:
    """Wait until the server takes no connection any more: it has begun to stop."""
    port = int(server.url.rpartition(":")[2])
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                return
            writer.close()
            await asyncio.sleep(0.01)
