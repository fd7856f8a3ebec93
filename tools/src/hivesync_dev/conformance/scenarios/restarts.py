"""The agent is restarted: another port, another token. The client follows, even in the middle of a call."""

from __future__ import annotations

from aiohttp import web

from hivesync_dev.conformance.agent import StagedAgent, break_off
from hivesync_dev.conformance.client import Answer
from hivesync_dev.conformance.scenario import Chapter
from hivesync_dev.conformance.scenarios.play import (
    NEW,
    PROJECTS,
    agent_and_client,
    answer_apart,
    expect_answer,
    expect_through_agent,
)
from hivesync_dev.conformance.stage import Stage

CHAPTER = Chapter("restarts")
_LOCAL = "/v1/previews"
_MADE = {"number": 1, "name": "made"}


@CHAPTER.promises("Between two calls: the next one finds the new port and uses the new token.")
async def between_calls(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    await agent.stop()
    answer_apart(stage, await stage.agent())
    await expect_through_agent(client)


@CHAPTER.promises("In the middle of a relayed change: it is done once, and answered.")
async def in_a_change(stage: Stage) -> None:
    stage.backend.on("POST", PROJECTS, stage.ledger.take)
    expect_answer(await _restarted_during(stage, PROJECTS), 201, _MADE)
    stage.ledger.expect_done(1)


@CHAPTER.promises("In the middle of a call that only an agent can answer: the new one does, once.")
async def in_a_local_call(stage: Stage) -> None:
    expect_answer(await _restarted_during(stage, _LOCAL), 201, _MADE)
    stage.ledger.expect_done(1)


async def _restarted_during(stage: Stage, path: str) -> Answer:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    agent.on("POST", path, _restarting(stage, agent, path))
    return await client.call("POST", path, NEW)


def _restarting(stage: Stage, agent: StagedAgent, path: str):  # type: ignore[no-untyped-def]
    async def restart(request: web.Request) -> web.StreamResponse:
        stage.ledger.record(request)
        await agent.refuse_connections()
        successor = await stage.agent()
        answer_apart(stage, successor)
        successor.on("POST", path, stage.ledger.take)
        return break_off(request)

    return restart
