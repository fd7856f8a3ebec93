"""`client.mode()` says which way a call would take, and why not the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hivesync import AgentAbsent, AsyncClient, Mode, ProtocolUnsupported, Settings, WayReason
from hivesync_contract.discovery import ProtocolRange
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import USER, FakeBackend
from hivesync_dev.servers.impostor import Impostor, http_answer
from hivesync_dev.servers.scripted import json_answer


async def told(client: AsyncClient) -> tuple[Mode, WayReason]:
    way = await client.mode()
    return way.mode, way.reason


async def test_a_proven_agent_is_the_way_and_is_sent_no_token_for_that(
    agent: FakeAgent, client: AsyncClient
) -> None:
    assert await told(client) == (Mode.PROXY, WayReason.AGENT_READY)
    assert all("Authorization" not in request.headers for request in agent.requests)


@pytest.mark.usefixtures("signed_in")
async def test_each_kind_of_missing_agent_has_its_reason(
    new_client: Callable[..., AsyncClient], client: AsyncClient, agent: FakeAgent
) -> None:
    await agent.crash()
    assert await told(client) == (Mode.DIRECT, WayReason.AGENT_STALE)
    async with Impostor(agent.port, http_answer(b"{}")):
        assert await told(client) == (Mode.DIRECT, WayReason.AGENT_UNPROVEN)
    agent.discovery_path.chmod(0o644)
    assert await told(new_client()) == (Mode.DIRECT, WayReason.AGENT_DISTRUSTED)
    agent.discovery_path.unlink()
    assert await told(client) == (Mode.DIRECT, WayReason.AGENT_ABSENT)


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("protocol", "reason"),
    [(ProtocolRange(9, 9), WayReason.AGENT_TOO_NEW), (ProtocolRange(0, 0), WayReason.AGENT_TOO_OLD)],
)
async def test_an_agent_of_another_protocol_is_gone_around(
    agent: FakeAgent, client: AsyncClient, protocol: ProtocolRange, reason: WayReason
) -> None:
    agent.protocol = protocol
    agent.publish()
    assert await told(client) == (Mode.DIRECT, reason)
    assert await client.me() == USER
    with pytest.raises(ProtocolUnsupported, match="update the older one"):
        await client.agent.status()
    assert agent.requests == []


async def test_with_nothing_at_hand_the_detail_says_what_to_do(client: AsyncClient) -> None:
    way = await client.mode()
    assert (way.mode, way.reason) == (Mode.NONE, WayReason.SIGNED_OUT)
    assert "hivesync login" in way.detail


async def test_a_choice_and_an_api_key_are_reasons_too(
    backend: FakeBackend, new_client: Callable[..., AsyncClient]
) -> None:
    with_key = new_client(settings=Settings(server_url=backend.origin, token="hs_key"))
    assert await told(with_key) == (Mode.DIRECT, WayReason.API_KEY)
    assert await told(new_client(only=Mode.PROXY)) == (Mode.NONE, WayReason.AGENT_ABSENT)


@pytest.mark.usefixtures("signed_in")
async def test_only_direct_is_the_callers_choice(new_client: Callable[..., AsyncClient]) -> None:
    assert await told(new_client(only=Mode.DIRECT)) == (Mode.DIRECT, WayReason.CHOSEN)


async def test_an_agent_that_comes_during_a_call_answers_it(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", "/v1/operations", json_answer({"items": []}))
    await client.agent.operations()
    await agent.restart()
    await client.agent.operations()
    await agent.crash()
    with pytest.raises(AgentAbsent) as caught:
        await client.agent.operations()
    assert caught.value.reason is WayReason.AGENT_STALE
