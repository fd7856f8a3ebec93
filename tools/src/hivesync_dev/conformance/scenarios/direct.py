"""Direct Mode: the backend itself, with a token of the `hivesync` command or the shared session."""

from __future__ import annotations

from aiohttp import web

from hivesync_dev.conformance.expectation import expect, expect_equal
from hivesync_dev.conformance.scenario import Chapter
from hivesync_dev.conformance.scenarios.play import NEW, OF_BACKEND, PROJECTS, expect_answer
from hivesync_dev.conformance.stage import Stage
from hivesync_dev.servers.impostor import http_answer
from hivesync_dev.servers.scripted import json_answer, problem_answer

CHAPTER = Chapter("direct")
_MADE = {"number": 1, "name": "made"}


@CHAPTER.promises("A change goes to the backend with a bearer token and an Idempotency-Key.")
async def change(stage: Stage) -> None:
    stage.backend.on("POST", PROJECTS, stage.ledger.take)
    client = await stage.client()
    expect_answer(await client.call("POST", PROJECTS, NEW), 201, _MADE)
    expect_answer(await client.call("POST", PROJECTS, NEW), 201, {**_MADE, "number": 2})
    stage.ledger.expect_done(2)
    for asked in stage.backend.asked("POST", PROJECTS):
        expect_equal(asked.json(), NEW, "body as it arrived")
        expect(len(asked.headers.get("Idempotency-Key", "")) >= 16, "an Idempotency-Key", asked.headers)


@CHAPTER.promises("A token that has run out is replaced, and the call made again under the same key.")
async def expired_token(stage: Stage) -> None:
    stage.backend.on("POST", PROJECTS, stage.ledger.take)
    client = await stage.client()
    expect_answer(await client.call("POST", PROJECTS, NEW), 201, _MADE)
    stage.expire_session()
    expect_answer(await client.call("POST", PROJECTS, NEW), 201, {**_MADE, "number": 2})
    stage.ledger.expect_done(2)


@CHAPTER.promises(
    "While the backend still does what a dead agent had begun (409, Retry-After), it is waited for."
)
async def still_running(stage: Stage) -> None:
    busy = problem_answer(409, "CONFLICT", "Still running.")

    async def first_busy(request: web.Request) -> web.StreamResponse:
        if len(stage.backend.asked("POST", PROJECTS)) > 1:
            return await stage.ledger.take(request)
        response = await busy(request)
        response.headers["Retry-After"] = "1"
        return response

    agent = await stage.agent()
    agent.die_at("POST", PROJECTS, first=stage.ledger.record)
    stage.backend.on("POST", PROJECTS, first_busy)
    client = await stage.client()
    expect_answer(await client.call("POST", PROJECTS, NEW), 201, _MADE)
    stage.ledger.expect_done(1)


@CHAPTER.promises("A redirect of the backend is not followed: it could carry the token elsewhere.")
async def redirect(stage: Stage) -> None:
    elsewhere = await stage.impostor(0, http_answer(b"{}"))

    async def away(_: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": f"http://127.0.0.1:{elsewhere.port}/x"})

    stage.backend.on("GET", PROJECTS, away)
    client = await stage.client()
    answer = await client.call("GET", PROJECTS)
    expect(answer.status != 200, "no success", answer.outcome)
    expect_equal(bytes(elsewhere.received), b"", "bytes that arrived where the redirect points")


@CHAPTER.promises("What only an agent can do is refused with a reason, and the backend is not asked for it.")
async def local_route(stage: Stage) -> None:
    client = await stage.client()
    answer = await client.call("POST", "/v1/projects", {"path": "/tmp/x"})  # noqa: S108 - a name only
    expect(answer.error is not None, "an error that says why", answer.outcome)
    expect_equal(stage.backend.calls, [], "calls to the backend")


@CHAPTER.promises("A backend that can't be reached is told as an error, and the client goes on.")
async def backend_gone(stage: Stage) -> None:
    client = await stage.client()
    await stage.backend.stop()
    answer = await client.call("GET", PROJECTS)
    expect(answer.error is not None, "an error", answer.outcome)
    await stage.backend.start()
    stage.backend.on("GET", PROJECTS, json_answer(OF_BACKEND))
    expect_answer(await client.call("GET", PROJECTS), 200, OF_BACKEND)
