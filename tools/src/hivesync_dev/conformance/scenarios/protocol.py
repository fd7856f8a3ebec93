"""Protocol versions: what both speak is used, and what neither can speak is said."""

from __future__ import annotations

from hivesync_contract import PROTOCOL_MAX
from hivesync_contract.discovery import ProtocolRange

from hivesync_dev.conformance.agent import refusal_of_agent
from hivesync_dev.conformance.expectation import expect, expect_equal
from hivesync_dev.conformance.scenario import Chapter
from hivesync_dev.conformance.scenarios.play import (
    PROJECTS,
    agent_and_client,
    expect_direct,
    expect_through_agent,
)
from hivesync_dev.conformance.stage import Stage

CHAPTER = Chapter("protocol")


@CHAPTER.promises("Of an agent that speaks newer protocols too, the common one is used.")
async def newer_too(stage: Stage) -> None:
    _, client = await agent_and_client(stage, protocol=ProtocolRange(1, PROTOCOL_MAX + 3))
    await expect_through_agent(client)


async def _none_in_common(stage: Stage, protocol: ProtocolRange) -> None:
    agent, client = await agent_and_client(stage, protocol=protocol)
    await expect_direct(stage, client)
    asked = [each.path for each in agent.requests if each.path != "/"]
    expect_equal(asked, [], "calls to an agent with which no protocol is shared")


CHAPTER.add(
    "too-new",
    "An agent that speaks only newer protocols is left alone: calls go direct, and a reason is said.",
    _none_in_common,
    protocol=ProtocolRange(PROTOCOL_MAX + 1, PROTOCOL_MAX + 2),
)
CHAPTER.add(
    "too-old",
    "An agent that speaks only older protocols is left alone: calls go direct, and a reason is said.",
    _none_in_common,
    protocol=ProtocolRange(0, 0),
)


@CHAPTER.promises("An agent's PROTOCOL_UNSUPPORTED is told and not tried again.")
async def refused(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    agent.on("GET", PROJECTS, refusal_of_agent(400, "PROTOCOL_UNSUPPORTED", "Update the client."))
    answer = await client.call("GET", PROJECTS)
    told = answer.status == 400 or (answer.error or {}).get("code") == "PROTOCOL_UNSUPPORTED"
    expect(told, "status 400 PROTOCOL_UNSUPPORTED", answer.outcome)
    expect_equal(len(agent.asked("GET", PROJECTS)), 1, "tries")
