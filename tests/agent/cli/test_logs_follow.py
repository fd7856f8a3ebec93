"""`hivesync logs -f` beside the agent's own handler: no line is lost or doubled when the log rotates."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Iterable

import pytest
from hivesync_agent.cli.growing_log import GrowingLog
from hivesync_agent.log import JsonLines, PrivateLog
from hivesync_dev.command_line import CommandLine

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
TOKEN = "x" * 43


def handler_of(hivesync: CommandLine) -> PrivateLog:
    """Give what writes an agent's log."""
    handler = PrivateLog(hivesync.locations.agent_log("default"))
    handler.setFormatter(JsonLines())
    return handler


def write(handler: PrivateLog, number: int, padding: str = "") -> None:
    """Log one line."""
    handler.emit(logging.makeLogRecord({"msg": "line", "number": number, "padding": padding}))


def log_all(hivesync: CommandLine, each: Iterable[int], padding: str = "") -> None:
    """Log these, as one agent between its start and its end."""
    handler = handler_of(hivesync)
    for number in each:
        write(handler, number, padding)
    handler.close()


def numbers(lines: list[str]) -> list[int]:
    """Give the numbers of the lines."""
    return [json.loads(line)["number"] for line in lines]


@posix
async def test_followed_over_rotations_and_a_restart_of_the_agent(hivesync: CommandLine) -> None:
    await asyncio.to_thread(log_all, hivesync, range(3))
    process = await hivesync.spawn("logs", "--follow", "--lines", "2", "--json")
    assert process.stdout is not None
    seen: list[int] = []
    pending = b""
    async with asyncio.timeout(30):
        while len(seen) < 2:
            seen.append(json.loads(await process.stdout.readline())["number"])
        await asyncio.to_thread(log_all, hivesync, range(3, 8), "a b " * 200_000)  # each third one rotates
        await asyncio.to_thread(log_all, hivesync, [8])
        while seen[-1] != 8:
            pending += await process.stdout.read(1 << 20)
            *whole, pending = pending.split(b"\n")
            seen += [json.loads(line)["number"] for line in whole]
    assert seen == list(range(1, 9))
    assert hivesync.locations.agent_log("default").with_name("agent.default.log.2").exists()
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert process.returncode == 130


def test_what_was_written_just_before_a_rotation_is_found(hivesync: CommandLine) -> None:
    handler = handler_of(hivesync)
    log = GrowingLog(hivesync.locations.agent_log("default"))
    write(handler, 0)
    assert numbers(list(log.new_lines())) == [0]
    write(handler, 1)
    handler.doRollover()
    write(handler, 2)
    handler.doRollover()
    write(handler, 3)
    assert numbers(list(log.new_lines())) == [1, 2, 3]
    assert list(log.new_lines()) == []
    handler.close()


def test_a_line_of_an_older_release_is_redacted(hivesync: CommandLine) -> None:
    path = hivesync.locations.agent_log("default")
    path.parent.mkdir(parents=True)
    path.write_text(f"Bearer {TOKEN}\n")
    assert list(GrowingLog(path).new_lines()) == ["Bearer [secret]"]
