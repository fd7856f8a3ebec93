"""Which discovery files are believed. Where one is not, an agent listens all the same, and stays unasked."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from hivesync_dev.conformance.agent import StagedAgent
from hivesync_dev.conformance.expectation import expect_equal
from hivesync_dev.conformance.scenario import Chapter
from hivesync_dev.conformance.scenarios.play import (
    agent_and_client,
    answer_apart,
    expect_direct,
    expect_mode,
    expect_through_agent,
)
from hivesync_dev.conformance.stage import Stage

CHAPTER = Chapter("discovery")
_OVER_LONG_BYTES = 1_000_000


@CHAPTER.promises("With an agent that runs, calls go through it.")
async def agent_there(stage: Stage) -> None:
    _, client = await agent_and_client(stage)
    await expect_through_agent(client)
    expect_equal(stage.backend.calls, [], "calls that went past the agent")


@CHAPTER.promises("Without an agent calls go direct, and a reason is said.")
async def no_agent(stage: Stage) -> None:
    await expect_direct(stage, await stage.client())


@CHAPTER.promises("The file of a dead agent whose port is closed costs no call.")
async def stale_file(stage: Stage) -> None:
    agent = await stage.agent()
    await agent.crash()
    await expect_direct(stage, await stage.client())


@CHAPTER.promises("Members that a later release may add are ignored.")
async def unknown_members(stage: Stage) -> None:
    _, client = await _with_file(stage, lambda file: file | {"later": {"x": [1]}, "colour": "blue"})
    await expect_through_agent(client)


@CHAPTER.promises("The address is built from the port: `url` can send no token elsewhere.")
async def foreign_url(stage: Stage) -> None:
    elsewhere = await stage.impostor(0, b"")
    url = f"http://127.0.0.1:{elsewhere.port}/hivesync-desktop-api"
    _, client = await _with_file(stage, lambda file: file | {"url": url})
    await expect_through_agent(client)
    expect_equal(bytes(elsewhere.received), b"", "bytes that arrived at the address of `url`")


async def _with_file(stage: Stage, change: Callable[[dict[str, Any]], Any]) -> tuple[StagedAgent, Any]:
    agent = await stage.agent()
    answer_apart(stage, agent)
    changed = change(json.loads(agent.discovery_path.read_bytes()))
    _replace(agent, changed if isinstance(changed, bytes) else json.dumps(changed).encode())
    return agent, await stage.client()


def _replace(agent: StagedAgent, content: bytes) -> None:
    agent.discovery_path.write_bytes(content)
    agent.discovery_path.chmod(0o600)


async def _not_believed(stage: Stage, change: Callable[[dict[str, Any]], Any]) -> None:
    agent, client = await _with_file(stage, change)
    await expect_direct(stage, client)
    expect_equal([each.path for each in agent.requests if each.path != "/"], [], "calls to that agent")


_UNBELIEVABLE: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "empty-file": ("An empty file is no agent.", lambda _: b""),
    "broken-json": (
        "A file that ends in the middle is no agent.",
        lambda file: json.dumps(file).encode()[:-9],
    ),
    "not-an-object": ("A file that holds a list is no agent.", lambda file: [file]),
    "other-schema": ("A file of another schema is not guessed at.", lambda file: file | {"schema": 2}),
    "port-as-text": ("A port must be a number.", lambda file: file | {"port": str(file["port"])}),
    "port-impossible": ("A port must be possible.", lambda file: file | {"port": 65536 + file["port"]}),
    "no-protocol": ("A file that names no protocol is no agent's.", lambda file: file | {"protocol": None}),
    "over-long": (
        "A file of more than 65,536 bytes is not read.",
        lambda file: file | {"padding": "x" * _OVER_LONG_BYTES},
    ),
}
for _name, (_promise, _change) in _UNBELIEVABLE.items():
    CHAPTER.add(_name, _promise, _not_believed, change=_change)


@CHAPTER.promises("A token is 43 url-safe characters: nothing else may get into a header.")
async def token_malformed(stage: Stage) -> None:
    agent = await stage.agent(token="x" * 42 + "+")
    answer_apart(stage, agent)
    await expect_direct(stage, await stage.client())
    expect_equal(agent.requests, [], "requests to that agent")


@CHAPTER.promises("A file that other users may read or write is not believed.")
async def open_to_others(stage: Stage) -> None:
    agent = await stage.agent()
    answer_apart(stage, agent)
    agent.discovery_path.chmod(0o644)
    await expect_direct(stage, await stage.client())
    expect_equal(agent.requests, [], "requests to that agent")


@CHAPTER.promises("A symbolic link is not followed.")
async def symbolic_link(stage: Stage) -> None:
    agent = await stage.agent()
    answer_apart(stage, agent)
    target = stage.folder / "elsewhere.json"
    os.rename(agent.discovery_path, target)
    agent.discovery_path.symlink_to(target)
    await expect_direct(stage, await stage.client())
    expect_equal(agent.requests, [], "requests to that agent")


@CHAPTER.promises("With neither agent nor session the mode is none, and a reason is said.")
async def nobody_at_all(stage: Stage) -> None:
    stage.sign_out()
    client = await stage.client()
    await expect_mode(client, "none")
    answer = await client.call("GET", "/api/v1/projects")
    expect_equal(answer.status in (None, 401), True, "the call fails with an error or 401")
    expect_equal(answer.error is not None or answer.status == 401, True, "an error is told")
