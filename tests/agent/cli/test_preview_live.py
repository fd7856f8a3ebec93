"""`hivesync preview --live`: what happens to it and on the phones, as it happens, until Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from aiohttp import web
from hivesync_contract.errors import Diagnostic, ErrorCode
from hivesync_contract.events import EventType, PreviewProgressEvent, ResetEvent
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewError, PreviewState
from hivesync_contract.rooms import ConsoleLevel, ConsoleLine, DeviceConsoleEvent, PreviewDevice
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.scripted import json_answer

LINK = "http://127.0.0.1:8787/p/0193#token"
PIXEL = PreviewDevice("d1", "Chrome on Pixel 8")
IPHONE = PreviewDevice("d2", "Safari\x1b]0;owned\x07 on iPhone")
ERROR = PreviewError(
    ErrorCode.PREVIEW_BUILD_FAILED, "Expected ;", Diagnostic("Expected ;", "src/App.tsx", 3, 7)
)


@dataclass
class LiveAgent:
    """An agent with one live preview, whose events the test gives."""

    preview: LocalPreview
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """The preview was asked for after the stream was open: what follows is heard."""
    _events: asyncio.Queue[tuple[str, Any]] = field(default_factory=asyncio.Queue)
    _is_open: bool = False

    def become(self, **changes: Any) -> None:
        """Change the preview and tell it."""
        self.preview = replace(self.preview, **changes)
        self._events.put_nowait((EventType.PREVIEW_PROGRESS, PreviewProgressEvent(self.preview)))

    def say(self, event: DeviceConsoleEvent) -> None:
        """Tell what a phone says."""
        self._events.put_nowait((EventType.DEVICE_CONSOLE, event))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Serve `GET /v1/events`."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        self._is_open = True
        while True:
            kind, data = await self._events.get()
            await response.write(f"event: {kind}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n")

    async def stream_anew(self, request: web.Request) -> web.StreamResponse:
        """Serve it as an agent that was restarted: it can't give what was missed."""
        self._events.put_nowait((EventType.RESET, ResetEvent(datetime.now(UTC))))
        return await self.stream(request)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Serve the preview."""
        if self._is_open:
            self.asked.set()
        return await json_answer(self.preview)(request)

    async def stop(self, request: web.Request) -> web.StreamResponse:
        """End it as the command asks."""
        self.preview = replace(self.preview, live=False)
        return await json_answer(self.preview)(request)


@pytest.fixture
def live(agent: FakeAgent) -> LiveAgent:
    """A live preview that is ready and open on one phone."""
    shown = LocalPreview("v1", PreviewState.READY, "/src", "App.tsx", preview_url=LINK, version=1, live=True)
    live = LiveAgent(replace(shown, preview_id="0193", devices=[PIXEL]))
    agent.on("GET", "/v1/status", json_answer(agent_status("http://x")))
    agent.on("POST", "/v1/previews", json_answer(live.preview, 202))
    agent.on("GET", "/v1/previews/v1", live.show)
    agent.on("POST", "/v1/previews/v1/stop", live.stop)
    agent.on("GET", "/v1/events", live.stream)
    return live


async def follow(hivesync: CommandLine, live: LiveAgent, *options: str) -> asyncio.subprocess.Process:
    """Start the command and wait until it hears everything."""
    process = await hivesync.spawn("preview", str(hivesync.folder), "--live", *options)
    async with asyncio.timeout(60):
        await live.asked.wait()
    return process


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, list[str], list[str]]:
    """Give exit code, stdout and stderr when it has ended."""
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode, out.decode().splitlines(), err.decode().splitlines()


async def heard(process: asyncio.subprocess.Process, text: str) -> list[str]:
    """Read stdout until a line holds the text; give what was read."""
    assert process.stdout is not None
    lines: list[str] = []
    async with asyncio.timeout(60):
        while text not in "".join(lines):
            lines.append((await process.stdout.readline()).decode())
    return [line.rstrip("\n") for line in lines]


async def test_it_tells_each_version_and_each_save_that_can_not_be_shown(
    hivesync: CommandLine, live: LiveAgent
) -> None:
    process = await follow(hivesync, live)
    live.become(state=PreviewState.FAILED, error=ERROR)
    live.become(state=PreviewState.READY, error=None)
    live.become(state=PreviewState.BUILDING, version=2)
    live.become(state=PreviewState.FAILED, error=ERROR)
    live.become(state=PreviewState.READY, version=3, error=None)
    live.become(live=False)
    code, out, err = await ended(process)
    assert code == 0, err
    assert out[0] == LINK
    assert out[-6:] == [
        *("the last save can't be shown", "src/App.tsx:3:7: Expected ;", "the last save is shown again"),
        *("version 2 failed", "src/App.tsx:3:7: Expected ;", "version 3 is ready"),
    ]


async def test_phones_and_what_they_say_are_told_and_can_not_drive_the_terminal(
    hivesync: CommandLine, live: LiveAgent
) -> None:
    process = await follow(hivesync, live)
    lines = [
        ConsoleLine(ConsoleLevel.LOG, "drawn\x1b[2J\nagain", False, "/src/App.tsx", "App.tsx", 3, 5),
        ConsoleLine(ConsoleLevel.ERROR, "late", uncaught=True),
    ]
    live.say(DeviceConsoleEvent("v1", "/src", PIXEL, lines, 4))
    live.say(DeviceConsoleEvent("another", "/src", PIXEL, lines, 0))
    live.become(devices=[PIXEL, IPHONE])
    live.say(DeviceConsoleEvent("v1", "/src", IPHONE, lines[1:], 0))
    live.become(devices=[])
    live.become(live=False)
    code, out, err = await ended(process)
    assert code == 0, err
    assert out[-5:] == [
        "log    drawn�[2J  App.tsx:3:5",
        "       again",
        "error  late",
        "… and 4 more, too many to tell",
        "Safari�]0;owned� on iPhone: error  late",
    ]
    assert err[-2:] == ["open on Chrome on Pixel 8, Safari�]0;owned� on iPhone", "open on no device"]


async def test_json_is_one_object_a_line_as_the_stream_names_them(
    hivesync: CommandLine, live: LiveAgent
) -> None:
    process = await follow(hivesync, live, "--json")
    live.say(DeviceConsoleEvent("v1", "/src", PIXEL, [ConsoleLine(ConsoleLevel.LOG, "a\nb")], 0))
    live.become(version=2, devices=[PIXEL, IPHONE])
    live.become(live=False)
    code, out, err = await ended(process)
    first, *events = map(json.loads, out)
    assert (code, err, first["preview_url"]) == (0, [], LINK)
    assert [event["type"] for event in events] == ["device.console", "preview.progress"]
    assert events[0]["data"]["lines"][0]["text"] == "a\nb"
    assert events[1]["data"]["preview"]["version"] == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a console, not to one process")
@pytest.mark.parametrize("error", [None, ERROR])
async def test_ctrl_c_ends_it_well_whatever_the_last_save_was(
    hivesync: CommandLine, live: LiveAgent, error: PreviewError | None
) -> None:
    process = await follow(hivesync, live)
    live.become(state=PreviewState.FAILED if error else PreviewState.READY, version=2, error=error)
    await heard(process, "version 2")
    process.send_signal(signal.SIGINT)
    code, _, err = await ended(process)
    assert (code, err[-1], live.preview.live) == (0, "stopped; the phone keeps version 2", False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a console, not to one process")
async def test_ctrl_c_while_the_agent_is_away_says_how_to_end_the_preview(
    hivesync: CommandLine, agent: FakeAgent, live: LiveAgent
) -> None:
    process = await follow(hivesync, live)
    await agent.stop()
    await told(process, b"the agent has ended")
    process.send_signal(signal.SIGINT)
    code, _, err = await ended(process)
    assert code == 0
    assert err[-1].endswith("hivesync agent start; hivesync api DELETE /v1/previews/v1")


async def told(process: asyncio.subprocess.Process, text: bytes) -> None:
    """Read stderr until a line holds the text."""
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while text not in await process.stderr.readline():
            pass


async def test_it_goes_on_with_an_agent_that_was_restarted(
    hivesync: CommandLine, agent: FakeAgent, live: LiveAgent
) -> None:
    process = await follow(hivesync, live)
    await agent.stop()
    await told(process, b"the agent has ended")
    live.preview = replace(live.preview, version=2)
    agent.on("GET", "/v1/events", live.stream_anew)
    await agent.restart()
    await heard(process, "version 2 is ready")
    live.become(live=False)
    assert (await ended(process))[0] == 0
