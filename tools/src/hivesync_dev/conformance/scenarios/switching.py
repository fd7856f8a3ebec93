"""The agent comes and goes while the client runs. Nobody is asked anything, and no call is lost."""

from __future__ import annotations

from hivesync_dev.conformance.expectation import expect_equal
from hivesync_dev.conformance.scenario import Chapter
from hivesync_dev.conformance.scenarios.play import (
    NEW,
    PROJECTS,
    agent_and_client,
    answer_apart,
    expect_answer,
    expect_direct,
    expect_through_agent,
)
from hivesync_dev.conformance.stage import Stage

CHAPTER = Chapter("switching")
_MADE = {"number": 1, "name": "made"}


@CHAPTER.promises("An agent that ends and comes back is left and used again, silently.")
async def away_and_back(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    await agent.stop()
    await expect_direct(stage, client)
    answer_apart(stage, await stage.agent())
    await expect_through_agent(client)


@CHAPTER.promises("An agent that is killed, its file left behind, costs no call.")
async def killed(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    await agent.crash()
    await expect_direct(stage, client)


@CHAPTER.promises("An agent that first comes while the client runs is used from the next call on.")
async def late_agent(stage: Stage) -> None:
    client = await stage.client()
    await expect_direct(stage, client)
    answer_apart(stage, await stage.agent())
    await expect_through_agent(client)


@CHAPTER.promises("A change in whose middle the agent dies is done once, under the same key, and answered.")
async def death_in_a_change(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    stage.backend.on("POST", PROJECTS, stage.ledger.take)
    agent.die_at("POST", PROJECTS, first=stage.ledger.record)
    expect_answer(await client.call("POST", PROJECTS, NEW), 201, _MADE)
    stage.ledger.expect_done(1)
    expect_equal(len(stage.ledger.keys), 2, "arrivals: one at the agent, one at the backend")


@CHAPTER.promises("A read in whose middle the agent dies is answered.")
async def death_in_a_read(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    agent.die_at("GET", PROJECTS)
    await expect_direct(stage, client)


@CHAPTER.promises(
    "A connection that the agent has closed while it was idle costs no call and does nothing twice."
)
async def idle_connection_closed(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    agent.on("POST", PROJECTS, stage.ledger.take)
    await expect_through_agent(client)
    await agent.close_connections()
    expect_answer(await client.call("POST", PROJECTS, NEW), 201, _MADE)
    stage.ledger.expect_done(1)


@CHAPTER.promises("A connection that the agent closes as a call comes costs no call either.")
async def connection_closed_meanwhile(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    agent.close_kept_at("POST", PROJECTS, otherwise=stage.ledger.take)
    await expect_through_agent(client)
    expect_answer(await client.call("POST", PROJECTS, NEW), 201, _MADE)
    stage.ledger.expect_done(1)
