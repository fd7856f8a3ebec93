"""What a request looks like. The rules that hold for every one are examined in all scenarios."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from hivesync_dev.conformance.expectation import expect, expect_equal
from hivesync_dev.conformance.scenario import Chapter
from hivesync_dev.conformance.scenarios.play import (
    NEW,
    PROJECTS,
    agent_and_client,
    expect_answer,
    expect_through_agent,
)
from hivesync_dev.conformance.stage import Stage
from hivesync_dev.process_tree import ProcessTree
from hivesync_dev.servers.scripted import json_answer

CHAPTER = Chapter("requests")


@CHAPTER.promises("Requests carry what the protocol asks for, and no header that only a browser sends.")
async def headers(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await expect_through_agent(client)
    expect_equal(agent.rules.broken, [], "broken rules of requests to the agent")


@CHAPTER.promises("A body arrives as the JSON that was given, in UTF-8.")
async def body(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    agent.on("POST", PROJECTS, stage.ledger.take)
    expect_answer(await client.call("POST", PROJECTS, NEW), 201, {"number": 1, "name": "made"})
    (sent,) = agent.asked("POST", PROJECTS)
    expect_equal(json.loads(sent.body), NEW, "body as it arrived")
    kind = {name.lower(): value for name, value in sent.headers.items()}.get("content-type", "none")
    expect(kind.startswith("application/json"), "Content-Type application/json", kind)


@CHAPTER.promises("PATCH and DELETE arrive as such; an answer without a body is none.")
async def other_methods(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    agent.on("PATCH", f"{PROJECTS}/p1", json_answer({"name": "new"}))
    agent.on("DELETE", f"{PROJECTS}/p1", _no_content)
    expect_answer(await client.call("PATCH", f"{PROJECTS}/p1", {"name": "new"}), 200, {"name": "new"})
    expect_answer(await client.call("DELETE", f"{PROJECTS}/p1"), 204, None)


@CHAPTER.promises("A query reaches the agent as it was given.")
async def query(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await client.call("GET", f"{PROJECTS}?limit=2&q=a%20b%26c%2Fd")
    (asked,) = agent.asked("GET", PROJECTS)
    expect_equal(asked.query, "limit=2&q=a%20b%26c%2Fd", "query as it arrived")


@CHAPTER.promises("Each change has an Idempotency-Key of its own.")
async def keys_differ(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    agent.on("POST", PROJECTS, stage.ledger.take)
    for number in (1, 2, 3):
        expect_answer(await client.call("POST", PROJECTS, NEW), 201, {"number": number, "name": "made"})
    stage.ledger.expect_done(3)


@CHAPTER.promises("Calls may overlap: a slow one holds no other up.")
async def overlapping(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    release = asyncio.Event()

    async def late(request: web.Request) -> web.StreamResponse:
        await release.wait()
        return await json_answer({"late": True})(request)

    agent.on("GET", f"{PROJECTS}/late", late)
    for number in range(4):
        agent.on("GET", f"{PROJECTS}/{number}", json_answer({"number": number}))

    async def quick_ones() -> None:
        calls = [client.call("GET", f"{PROJECTS}/{number}") for number in range(4)]
        for number, answer in enumerate(await asyncio.gather(*calls)):
            expect_answer(answer, 200, {"number": number})
        release.set()

    slow, _ = await asyncio.gather(client.call("GET", f"{PROJECTS}/late"), quick_ones())
    expect_answer(slow, 200, {"late": True})


@CHAPTER.promises("No token is on a command line, where every user of the machine could read it.")
async def command_lines(stage: Stage) -> None:
    agent = await stage.agent()
    agent.on("GET", PROJECTS, json_answer({}))
    client = await stage.client()
    with ProcessTree(client.pid) as tree:
        await client.call("GET", PROJECTS)
        await agent.stop()
        stage.backend.on("GET", PROJECTS, json_answer({}))
        await client.call("GET", PROJECTS)
    seen = b"\n".join(tree.command_lines)
    for secret in stage.transcript.secrets:
        expect(secret.encode() not in seen, "no token on a command line", seen.decode("latin-1"))


@CHAPTER.promises("Neither token is written to disk.")
async def nothing_on_disk(stage: Stage) -> None:
    own = {path for path in stage.folder.rglob("*") if path.is_file()}
    agent, client = await agent_and_client(stage)
    own.add(agent.discovery_path)
    await expect_through_agent(client)
    await agent.stop()
    await client.call("GET", PROJECTS)
    await client.stop()
    for path in [each for each in stage.folder.rglob("*") if each.is_file() and each not in own]:
        content = path.read_bytes()
        for secret in stage.transcript.secrets:
            expect(secret.encode() not in content, "no token on disk", f"one in {path.name}")


async def _no_content(_: web.Request) -> web.StreamResponse:
    return web.Response(status=204)
