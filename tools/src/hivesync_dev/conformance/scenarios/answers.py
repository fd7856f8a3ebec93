"""Answers of all kinds are read whole and passed on as data."""

from __future__ import annotations

import asyncio
import contextlib
import json

from aiohttp import web

from hivesync_dev.conformance.expectation import expect, expect_equal
from hivesync_dev.conformance.scenario import Chapter
from hivesync_dev.conformance.scenarios.play import PROJECTS, agent_and_client, expect_answer
from hivesync_dev.conformance.stage import Stage
from hivesync_dev.servers.impostor import http_answer
from hivesync_dev.servers.scripted import json_answer

CHAPTER = Chapter("answers")
_LARGE_BYTES = 10_000_000
HOSTILE = {
    "terminal": "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b1m\r\n\b\x7f",
    "markup": "<img src=x onerror=alert(1)></script><a href='command:x'>x</a>&amp;[y](command:y)",
    "editor": "%{system('id')}%#StatusLine# :!id\n<C-R>=1\n<Esc>:q!\x16u001b | execute 'q'",
    "shell": "$(id) `id` ; id && %PATH% \\\" '",
    "direction": "\u202etxt.exe\u2066\u200b\u2028\u2029\ufeff",
    "beyond the first plane": "👩‍👩‍👧 𝔘𝔫𝔦 ÄÖ",
}
"""Texts of the kinds that have hurt editors. Without NUL, which some editors' strings can't hold."""


@CHAPTER.promises("A body that comes slowly and in pieces is read to its end.")
async def slow_body(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    whole = json.dumps({"text": "ä" * 50, "end": True}, ensure_ascii=False).encode()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # the client has lost its patience
            for start in range(0, len(whole), 7):
                await response.write(whole[start : start + 7])
                await asyncio.sleep(0.05)
        return response

    agent.on("GET", PROJECTS, drip)
    expect_answer(await client.call("GET", PROJECTS), 200, {"text": "ä" * 50, "end": True})


@CHAPTER.promises("An answer of 10 MB arrives whole.")
async def ten_megabytes(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    text = "0123456789" * (_LARGE_BYTES // 10)
    agent.on("GET", PROJECTS, json_answer({"text": text}))
    answer = await client.call("GET", PROJECTS)
    expect(answer.status == 200, "status 200", answer.outcome)
    expect((answer.body or {}).get("text") == text, "10,000,000 characters as sent", answer.outcome)


@CHAPTER.promises("Control characters, markup and commands in texts are data: they come through unchanged.")
async def hostile_texts(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    agent.on("GET", PROJECTS, json_answer(HOSTILE))
    expect_answer(await client.call("GET", PROJECTS), 200, HOSTILE)


@CHAPTER.promises("A body that breaks off is an error or is asked for again, never half an answer.")
async def broken_off(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)

    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "500"})
        await response.prepare(request)
        await response.write(b'{"answered_by":"agent"}')
        if request.transport is not None:
            request.transport.close()
        return response

    agent.on("GET", PROJECTS, half)
    answer = await client.call("GET", PROJECTS)
    from_backend = answer.status == 200 and answer.body == {"answered_by": "backend"}
    expect(answer.error is not None or from_backend, "an error, or the backend's answer", answer.outcome)


@CHAPTER.promises("A redirect of the agent is not followed.")
async def redirect(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    elsewhere = await stage.impostor(0, http_answer(b"{}"))

    async def away(_: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": f"http://127.0.0.1:{elsewhere.port}/x"})

    agent.on("GET", PROJECTS, away)
    await client.call("GET", PROJECTS)
    expect_equal(bytes(elsewhere.received), b"", "bytes that arrived where the redirect points")
