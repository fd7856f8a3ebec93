"""Errors: which are told as they are, which are waited for, and who said them."""

from __future__ import annotations

import time

from aiohttp import web

from hivesync_dev.conformance.agent import refusal_of_agent
from hivesync_dev.conformance.client import Answer, Client
from hivesync_dev.conformance.expectation import expect, expect_equal
from hivesync_dev.conformance.scenario import Chapter
from hivesync_dev.conformance.scenarios.play import (
    NEW,
    OF_AGENT,
    PROJECTS,
    agent_and_client,
    expect_answer,
)
from hivesync_dev.conformance.stage import Stage
from hivesync_dev.servers.scripted import Handler, json_answer, problem_answer

CHAPTER = Chapter("refusals")
_RETRY_SECONDS = 2
_CLOCK_SECONDS = 0.2


@CHAPTER.promises("The agent's 401 AUTH_INVALID means a new token: the file is read again, once.")
async def agent_401_new_token(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    agent.on("POST", PROJECTS, stage.ledger.take)
    expect_answer(await client.call("GET", PROJECTS), 200, OF_AGENT)
    agent.renew_token_at_next_call()
    expect_answer(await client.call("POST", PROJECTS, NEW), 201, {"number": 1, "name": "made"})
    keys = {each.headers.get("Idempotency-Key") for each in agent.asked("POST", PROJECTS)}
    expect_equal(len(keys), 1, "keys under which the call was made")


@CHAPTER.promises("An agent that refuses the token of its own file is not asked for ever.")
async def agent_401_for_ever(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    agent.on("GET", PROJECTS, refusal_of_agent(401, "AUTH_INVALID", "That is not this agent's token."))
    answer = await client.call("GET", PROJECTS)
    expect(
        answer.status != 200 or answer.body != OF_AGENT, "an error, or the backend's answer", answer.outcome
    )
    expect(len(agent.asked("GET", PROJECTS)) <= 2, "at most two tries", len(agent.asked("GET", PROJECTS)))


@CHAPTER.promises("The agent's 401 AUTH_REQUIRED is told: nobody is signed in.")
async def agent_401_signed_out(stage: Stage) -> None:
    refusal = refusal_of_agent(401, "AUTH_REQUIRED", "Sign in with `hivesync login`.")
    await _told_once(stage, refusal, 401, "AUTH_REQUIRED")


@CHAPTER.promises("The backend's own 401, passed on by the agent, is told and not taken for the agent's.")
async def backend_401(stage: Stage) -> None:
    await _told_once(
        stage, problem_answer(401, "AUTH_EXPIRED", "The session has ended."), 401, "AUTH_EXPIRED"
    )


@CHAPTER.promises("403 is told and not tried again.")
async def forbidden(stage: Stage) -> None:
    await _told_once(stage, problem_answer(403, "FORBIDDEN", "Only the owner may."), 403, "FORBIDDEN")


@CHAPTER.promises("402 TIER_LIMIT is told with its limit.")
async def tier_limit(stage: Stage) -> None:
    refusal = problem_answer(402, "TIER_LIMIT", "5 of 5 previews.", limit=5, used=5)
    answer = await _told_once(stage, refusal, 402, "TIER_LIMIT")
    expect_equal((answer.body.get("limit"), answer.body.get("used")), (5, 5), "limit and use")


@CHAPTER.promises("202 OFFLINE_QUEUED is done as far as the client goes: told, and not sent another way.")
async def offline_queued(stage: Stage) -> None:
    queued = json_answer(
        {
            "title": "Accepted",
            "status": 202,
            "code": "OFFLINE_QUEUED",
            "detail": "Kept.",
            "operation_id": "o1",
        },
        202,
        {"X-HiveSync-Agent": "0.1.0"},
    )
    answer = await _told_once(stage, queued, 202, "OFFLINE_QUEUED", method="POST")
    expect_equal(answer.body.get("operation_id"), "o1", "operation_id")


@CHAPTER.promises("429 is not asked again before Retry-After has passed.")
async def rate_limited(stage: Stage) -> None:
    await _waits(stage, problem_answer(429, "RATE_LIMITED", "Slow down."), 429)


@CHAPTER.promises("The agent's 503 UPSTREAM_UNREACHABLE is not asked again before Retry-After has passed.")
async def backend_away(stage: Stage) -> None:
    refusal = refusal_of_agent(503, "UPSTREAM_UNREACHABLE", "HiveSync can't be reached.")
    await _waits(stage, refusal, 503)


async def _told_once(
    stage: Stage, refusal: Handler, status: int, code: str, *, method: str = "GET"
) -> Answer:
    agent, client = await agent_and_client(stage)
    agent.on(method, PROJECTS, refusal)
    stage.backend.on(method, PROJECTS, json_answer({"answered_by": "backend"}))
    answer = await client.call(method, PROJECTS, NEW if method == "POST" else None)
    expect(answer.status == status, f"status {status} {code}", answer.outcome)
    expect_equal((answer.body or {}).get("code"), code, "code")
    expect_equal(len(agent.asked(method, PROJECTS)), 1, "tries through the agent")
    expect_equal(stage.backend.calls, [], "tries past the agent")
    return answer


async def _waits(stage: Stage, refusal: Handler, status: int) -> None:
    agent, client = await agent_and_client(stage)
    times: list[float] = []

    async def refuse_once(request: web.Request) -> web.StreamResponse:
        times.append(time.monotonic())
        if len(times) > 1:
            return await json_answer(OF_AGENT)(request)
        response = await refusal(request)
        response.headers["Retry-After"] = str(_RETRY_SECONDS)
        return response

    agent.on("GET", PROJECTS, refuse_once)
    await _expect_patience(client, times, status)
    expect_equal(stage.backend.calls, [], "tries past the agent")


async def _expect_patience(client: Client, times: list[float], status: int) -> None:
    answer = await client.call("GET", PROJECTS)
    if len(times) > 1:
        waited = times[1] - times[0]
        expect(
            waited >= _RETRY_SECONDS - _CLOCK_SECONDS, f"{_RETRY_SECONDS} s of patience", f"{waited:.2f} s"
        )
        expect_answer(answer, 200, OF_AGENT)
    else:
        expect(answer.status == status, f"status {status}, or a later try", answer.outcome)
