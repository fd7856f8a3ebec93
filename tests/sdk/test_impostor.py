"""Whoever has taken the port of a dead agent learns nothing: every byte that reached it is searched."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hivesync import AsyncClient, Client, Locations, Settings
from hivesync_contract.signing import agent_proof
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import USER
from hivesync_dev.servers.impostor import Impostor, http_answer
from hivesync_dev.servers.scripted import json_answer

ME = "/api/v1/auth/me"
WRONG = agent_proof("x" * 43, "0" * 64)
ANSWERS = {
    "silence, then closed": b"\xff",
    "another program": http_answer(b"<html>hello</html>"),
    "a wrong proof": http_answer(json.dumps({"proof": WRONG}).encode()),
    "no proof": http_answer(b'{"product": "HiveSync"}'),
    "a proof that is no text": http_answer(b'{"proof": 1}'),
    "a proof outside ASCII": http_answer('{"proof": "é\\ud800"}'.encode()),
    "not JSON": http_answer(b"[" * 10_000),
    "an error": http_answer(b"{}", "401 Unauthorized"),
    "a redirect": http_answer(b"", "307 Temporary Redirect", b"Location: http://127.0.0.1:1/\r\n"),
    "an endless answer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"4000\r\n"
    + b" " * 0x4000,
    "endless headers": b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000,
}


def assert_learnt_nothing(impostor: Impostor, agent: FakeAgent) -> None:
    assert impostor.connections > 0
    received = bytes(impostor.received)
    assert agent.token.encode() not in received
    assert b"authorization" not in received.lower()
    assert b"auth/me" not in received


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_an_impostor_gets_no_token_and_the_call_goes_direct(
    agent: FakeAgent, client: AsyncClient, answer: bytes
) -> None:
    await agent.crash()
    async with Impostor(agent.port, answer) as impostor:
        assert await client.me() == USER
        assert_learnt_nothing(impostor, agent)


@pytest.mark.usefixtures("signed_in")
async def test_an_agent_proven_before_is_proven_again_on_a_new_connection(
    agent: FakeAgent, client: AsyncClient
) -> None:
    agent.on("GET", ME, json_answer(USER))
    await client.me()
    await agent.crash()
    async with Impostor(agent.port, ANSWERS["a wrong proof"]) as impostor:
        assert await client.me() == USER
        assert_learnt_nothing(impostor, agent)


@pytest.mark.usefixtures("signed_in")
async def test_a_recorded_proof_can_not_be_replayed(agent: FakeAgent, client: AsyncClient) -> None:
    await agent.crash()
    recorded = http_answer(json.dumps({"proof": agent_proof(agent.token, "ab" * 32)}).encode())
    async with Impostor(agent.port, recorded) as impostor:
        await client.me()
        assert_learnt_nothing(impostor, agent)


@pytest.mark.usefixtures("signed_in")
async def test_two_clients_never_use_the_same_nonce(
    agent: FakeAgent, new_client: Callable[..., AsyncClient]
) -> None:
    agent.on("GET", ME, json_answer(USER))
    await new_client().me()
    await new_client().me()
    first, second = agent.asked("GET", "/")
    assert first.query != second.query
    assert len(first.query) == len("nonce=") + 64


@pytest.mark.usefixtures("signed_in")
async def test_the_synchronous_client_is_as_careful(
    agent: FakeAgent, settings: Settings, locations: Locations
) -> None:
    import asyncio

    await agent.crash()
    async with Impostor(agent.port, ANSWERS["a wrong proof"]) as impostor:
        with Client(settings=settings, locations=locations) as client:
            assert await asyncio.to_thread(client.me) == USER
        assert_learnt_nothing(impostor, agent)
