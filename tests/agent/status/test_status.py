"""What the agent tells about itself, and the switches."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace

import pytest
from hivesync_agent.events.sse import read_events
from hivesync_agent.settings import AgentSettings
from hivesync_agent.status.clients import CONNECTED_SECONDS, REMEMBERED, ConnectedClients
from hivesync_dev.servers.agents import RunningAgent, running_agent
from hivesync_dev.servers.upstream_backend import UpstreamBackend


async def status(agent: RunningAgent) -> dict[str, object]:
    """Ask for the status."""
    async with agent.http.get(f"{agent.url}/v1/status") as answer:
        assert answer.status == 200
        body: dict[str, object] = await answer.json()
        return body


async def test_the_status_of_a_signed_in_agent(signed_in: RunningAgent, backend: UpstreamBackend) -> None:
    told = await status(signed_in)
    assert told["signed_in"] is True
    assert told["online"] is True
    assert told["tier"] == "premium"
    assert told["server_url"] == backend.url
    assert told["pid"] == os.getpid()
    assert isinstance(told["upstream_latency_ms"], float)
    clients = told["clients"]
    assert isinstance(clients, list)
    (client,) = clients
    assert (client["name"], client["version"]) == ("hivesync-tests", "1.0")


async def test_the_status_of_an_agent_that_is_offline_and_signed_out(
    agent: RunningAgent, backend: UpstreamBackend
) -> None:
    await backend.stop()
    told = await status(agent)
    assert told["online"] is False
    assert told["upstream_latency_ms"] is None
    assert told["signed_in"] is False
    assert told["user"] is None


async def test_many_questions_cost_the_backend_one_check(
    settings: AgentSettings, backend: UpstreamBackend
) -> None:
    async with running_agent(replace(settings, status_seconds=60)) as agent:
        await asyncio.gather(*(status(agent) for _ in range(20)))
        await status(agent)
    assert [seen.target for seen in backend.journal] == ["/api/v1/health"]


async def test_the_status_is_newer_than_what_the_agent_goes_by_itself(
    settings: AgentSettings, backend: UpstreamBackend
) -> None:
    assert settings.status_seconds < settings.health_seconds
    async with running_agent(replace(settings, status_seconds=0, health_seconds=600)) as agent:
        assert (await status(agent))["online"] is True
        await backend.stop()
        assert (await status(agent))["online"] is False


async def test_an_idle_agent_leaves_the_backend_alone(agent: RunningAgent, backend: UpstreamBackend) -> None:
    await asyncio.sleep(0.3)
    assert backend.journal == []


async def test_pause_and_resume_show_in_the_status_and_every_client_is_told_once(agent: RunningAgent) -> None:
    async with agent.http.get(f"{agent.url}/v1/events") as stream:
        for action, paused in [("pause", True), ("pause", True), ("resume", False), ("resume", False)]:
            async with agent.http.post(f"{agent.url}/v1/{action}") as answer:
                assert (await answer.json())["paused"] is paused
        agent.agent.bus.publish("the.end", {})
        told: list[tuple[str, object]] = []
        async with asyncio.timeout(5):
            async for event in read_events(stream.content.iter_any()):
                if event.type == "the.end":
                    break
                told.append((event.type, json.loads(event.data)))
    assert told == [("agent.changed", {"paused": True}), ("agent.changed", {"paused": False})]
    assert (await status(agent))["paused"] is False


async def test_a_paused_agent_still_relays(signed_in: RunningAgent) -> None:
    await signed_in.http.post(f"{signed_in.url}/v1/pause")
    async with signed_in.http.get(f"{signed_in.url}/api/v1/echo") as answer:
        assert answer.status == 200


def test_clients_are_remembered_for_a_while_and_in_bounded_number() -> None:
    now = [0.0]
    clients = ConnectedClients(lambda: now[0])
    clients.seen("first/1")
    now[0] = CONNECTED_SECONDS
    clients.seen("second/2")
    assert [(c.name, c.version, c.last_seen_seconds) for c in clients.connected()] == [
        ("second", "2", 0.0),
        ("first", "1", CONNECTED_SECONDS),
    ]
    now[0] += 1
    assert [client.name for client in clients.connected()] == ["second"]
    for number in range(REMEMBERED * 3):
        clients.seen(f"n{number}/1")
    assert len(clients.connected()) == REMEMBERED


@pytest.mark.parametrize("lines", ["0", "-1", "x", "2001", "99999999999999999999", "\u00b2"])
async def test_an_impossible_number_of_log_lines_is_refused(agent: RunningAgent, lines: str) -> None:
    async with agent.http.get(f"{agent.url}/v1/logs", params={"lines": lines}) as answer:
        assert answer.status == 400
        assert json.loads(await answer.read())["code"] == "VALIDATION_ERROR"


async def test_no_log_yet_is_an_empty_log(agent: RunningAgent) -> None:
    async with agent.http.get(f"{agent.url}/v1/logs") as answer:
        assert await answer.json() == {"lines": []}
