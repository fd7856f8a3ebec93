"""What many scenarios do: a project to ask for, and the ways a call may have gone."""

from __future__ import annotations

from typing import Any

from hivesync_dev.conformance.agent import StagedAgent
from hivesync_dev.conformance.client import Answer, Client
from hivesync_dev.conformance.expectation import expect, expect_equal
from hivesync_dev.conformance.stage import Stage
from hivesync_dev.servers.scripted import json_answer

PROJECTS = "/api/v1/projects"
NEW = {"name": "Größe 👋", "description": ""}
OF_AGENT: dict[str, Any] = {"answered_by": "agent"}
OF_BACKEND: dict[str, Any] = {"answered_by": "backend"}


async def agent_and_client(stage: Stage, **options: Any) -> tuple[StagedAgent, Client]:
    """Have both, with a backend that tells itself from the agent."""
    agent = await stage.agent(**options)
    answer_apart(stage, agent)
    return agent, await stage.client()


def answer_apart(stage: Stage, *agents: StagedAgent) -> None:
    """Let agents and backend answer the same question, each in its own words."""
    stage.backend.on("GET", PROJECTS, json_answer(OF_BACKEND))
    for agent in agents:
        agent.on("GET", PROJECTS, json_answer(OF_AGENT))


def expect_answer(answer: Answer, status: int, body: Any) -> None:
    """Raise `Mismatch` unless the call came to exactly this."""
    expect(answer.status == status, f"status {status}", answer.outcome)
    expect_equal(answer.body, body, "body")


async def expect_through_agent(client: Client) -> None:
    """Make a call that must go through the agent."""
    expect_answer(await client.call("GET", PROJECTS), 200, OF_AGENT)
    await expect_mode(client, "proxy")


async def expect_direct(stage: Stage, client: Client) -> None:
    """Make a call that must go direct, and have the client say that and why."""
    stage.backend.on("GET", PROJECTS, json_answer(OF_BACKEND))
    expect_answer(await client.call("GET", PROJECTS), 200, OF_BACKEND)
    await expect_mode(client, "direct")


async def expect_mode(client: Client, wanted: str) -> None:
    """Raise `Mismatch` unless the client says that it would go this way, and gives a reason."""
    chosen = await client.mode()
    expect(chosen.mode == wanted, f"mode {wanted}", f"mode {chosen.mode} ({chosen.reason})")
    expect(chosen.reason != "", f"a reason for mode {wanted}", "none")
