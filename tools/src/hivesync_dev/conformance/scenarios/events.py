"""The event stream: read as the standard says, resumed where it broke, across restarts of the agent."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hivesync_dev.conformance.client import Client
from hivesync_dev.conformance.event_source import EventSource, keep_open
from hivesync_dev.conformance.expectation import expect, expect_equal
from hivesync_dev.conformance.scenario import Chapter
from hivesync_dev.conformance.scenarios.play import agent_and_client, answer_apart, expect_through_agent
from hivesync_dev.conformance.stage import Stage

CHAPTER = Chapter("events")
_AWAY_SECONDS = 1.0


@CHAPTER.promises("Events come with id, type and data, also of types that this client does not know.")
async def delivered(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    source = EventSource(agent)
    await client.open_events()
    await source.connected(1)
    await source.send("e1", "session.changed", {"signed_in": True, "reason": "login"})
    await source.send("e2", "future.thing", {"text": "Größe\u2028\x1b[31m"})
    _expect_ids(await client.events_until(2), ["e1", "e2"])
    expect_equal(client.events[1]["type"], "future.thing", "type")
    expect_equal(client.events[1]["data"], {"text": "Größe\u2028\x1b[31m"}, "data")


@CHAPTER.promises(
    "Comments, CRLF, data in several lines and packets cut anywhere are read as the standard says."
)
async def framing(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    source = EventSource(agent)
    await client.open_events()
    await source.connected(1)
    text = (
        ': a comment\r\n\r\nid: f1\r\nevent: a.b\r\ndata: {\r\ndata:  "x":"ä"}\r\n\r\n'
        ":\n\nretry: 50\nid:f2\nevent:a.b\ndata:[1]\n\nid: f3\ndata\n\nevent: a.b\nid: f4\ndata: 4\n\n"
    )
    for byte in text.encode():
        await source.send_raw(bytes([byte]))
        await asyncio.sleep(0)
    got = [each for each in await client.events_until(3) if each["type"] == "a.b"]
    expect_equal(
        [(e["id"], e["data"]) for e in got][:3], [("f1", {"x": "ä"}), ("f2", [1]), ("f4", 4)], "events"
    )


@CHAPTER.promises(
    "A stream that breaks is resumed with Last-Event-ID: nothing is missed, nothing told twice."
)
async def resumed(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    source = EventSource(agent)
    await client.open_events()
    await source.connected(1)
    await source.send("r1", "a.b", 1)
    await source.send("r2", "a.b", 2)
    await client.events_until(2)
    await source.cut()
    await source.connected(2)
    _expect_resumed(source, "r2")
    await source.send("r3", "a.b", 3)
    _expect_ids(await client.events_until(3), ["r1", "r2", "r3"])


@CHAPTER.promises("The agent's `reset` is passed on: what is shown must be fetched anew.")
async def reset(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    source = EventSource(agent)
    await client.open_events()
    await source.connected(1)
    await source.send("s1", "a.b", 1)
    await client.events_until(1)
    await source.cut()
    await source.connected(2)
    await source.send("s9", "reset", {"at": "2026-01-01T00:00:00Z"})
    events = await client.events_until(2)
    expect_equal(events[1]["type"], "reset", "type of the second event")


@CHAPTER.promises("The stream follows a restarted agent to its new port and token, and resumes there.")
async def across_a_restart(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    await _first_event(EventSource(agent), client)
    later = await _successor(stage)
    await agent.crash()
    await later.connected(1)
    _expect_resumed(later, "t1")
    await later.send("t2", "a.b", 2)
    _expect_ids(await client.events_until(2), ["t1", "t2"])


@CHAPTER.promises("The stream comes back to an agent that was away for a while.")
async def away_and_back(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    keep_open(stage.backend)
    await _first_event(EventSource(agent), client)
    await agent.stop()
    await asyncio.sleep(_AWAY_SECONDS)
    later = await _successor(stage)
    await later.connected(1)
    await later.send("t2", "a.b", 2)
    await _expect_news(client, ["t1", "t2"])


async def _first_event(source: EventSource, client: Client) -> None:
    await client.open_events()
    await source.connected(1)
    await source.send("t1", "a.b", 1)
    await client.events_until(1)


async def _successor(stage: Stage) -> EventSource:
    successor = await stage.agent(deferred=True)
    source = EventSource(successor)
    answer_apart(stage, successor)
    await successor.start()
    return source


async def _expect_news(client: Client, wanted: list[str]) -> None:
    """A client may tell by a `reset` of its own that it was without an agent in between."""
    count = len(wanted)
    while len(news := [e for e in await client.events_until(count) if e["type"] != "reset"]) < len(wanted):
        count += 1
    _expect_ids(news, wanted)


@CHAPTER.promises("Calls are answered while the stream is open.")
async def calls_beside(stage: Stage) -> None:
    agent, client = await agent_and_client(stage)
    source = EventSource(agent)
    await client.open_events()
    await source.connected(1)
    await expect_through_agent(client)
    await source.send("u1", "a.b", 1)
    _expect_ids(await client.events_until(1), ["u1"])


def _expect_ids(events: list[dict[str, Any]], wanted: list[str]) -> None:
    expect_equal([each.get("id") for each in events], wanted, "ids of the events")


def _expect_resumed(source: EventSource, last_id: str) -> None:
    asked = {name.lower(): value for name, value in source.requests[-1].items()}
    expect(asked.get("last-event-id") == last_id, f"Last-Event-ID: {last_id}", json.dumps(dict(asked)))
