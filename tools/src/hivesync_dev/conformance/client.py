"""The client under test: its process, and the lines of JSON that are exchanged with its driver."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from hivesync_dev.conformance.expectation import Mismatch, expect, shortened
from hivesync_dev.conformance.transcript import Transcript

PATIENCE_SECONDS = 25.0
"""Longer than any client may wait before it goes another way; a full machine is slow."""
_START_SECONDS = 40.0
_END_SECONDS = 2.0
_LINE_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to: a status with a body, or an error's code and message."""

    status: int | None
    body: Any
    error: Mapping[str, str] | None

    @property
    def outcome(self) -> str:
        """Tell it in a few words."""
        if self.error is not None:
            return f"error {self.error.get('code')}: {self.error.get('message')}"
        return f"status {self.status}, body {shortened(json.dumps(self.body))}"


@dataclass(frozen=True, slots=True)
class ChosenMode:
    """Which way the client would take now, and its reason."""

    mode: str
    reason: str


@dataclass
class Client:
    """Start it with `start`; `stop` sees that it ends and leaves nothing behind."""

    command: Sequence[str]
    environ: Mapping[str, str]
    folder: Path
    transcript: Transcript
    patience_seconds: float = PATIENCE_SECONDS
    events: list[dict[str, Any]] = field(default_factory=list)
    _process: asyncio.subprocess.Process | None = None
    _server: asyncio.Server | None = None
    _writer: asyncio.StreamWriter | None = None
    _waiting: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _connected: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _last_id: int = 0

    async def start(self) -> None:
        """Start the driver and wait until it has connected."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LINE_MAX_BYTES)
        port = self._server.sockets[0].getsockname()[1]
        with (self.folder / "client.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                env={**self.environ, "HIVESYNC_CONFORMANCE_ADDRESS": f"127.0.0.1:{port}"},
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        ended = asyncio.ensure_future(self._process.wait())
        connected = asyncio.ensure_future(self._connected.wait())
        await asyncio.wait({ended, connected}, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        connected.cancel()
        if not self._connected.is_set():
            seen = f"it ended with {self._process.returncode}" if ended.done() else "nothing"
            ended.cancel()
            raise Mismatch(f"the driver connects within {_START_SECONDS:g} s", f"{seen}\n{self.output()}")
        ended.cancel()

    @property
    def pid(self) -> int:
        """Give the driver's process id."""
        assert self._process is not None  # noqa: S101 - it has been started
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Tell whether the driver has not ended yet."""
        return self._process is not None and self._process.returncode is None

    def output(self) -> str:
        """Give the last of what the driver has written."""
        return (self.folder / "client.log").read_text("utf-8", "replace")[-4000:]

    async def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Have a call made, and give what came of it."""
        said = await self._ask({"do": "call", "method": method, "path": path, "body": body})
        return Answer(said.get("status"), said.get("body"), said.get("error"))

    async def mode(self) -> ChosenMode:
        """Ask which way it would take."""
        said = await self._ask({"do": "mode"})
        return ChosenMode(str(said.get("mode")), str(said.get("reason") or ""))

    async def open_events(self) -> None:
        """Have the event stream opened; what comes is in `events`."""
        said = await self._ask({"do": "events"})
        expect(said.get("ok") is True, "the events are answered with ok", said)

    async def events_until(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many events and give them all."""
        seconds = self.patience_seconds
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(self.events) < count:
                    self._news.clear()
                    await self._news.wait()
        expect(len(self.events) >= count, f"{count} events within {seconds:g} s", self.events)
        return self.events

    async def stop(self) -> None:
        """Have the driver end by itself; raise `Mismatch` for what it leaves running."""
        assert self._process is not None  # noqa: S101
        family = _family(self._process.pid)
        await self._ask({"do": "stop"})
        try:
            async with asyncio.timeout(_END_SECONDS + 1.0):
                await self._process.wait()
        except TimeoutError:
            raise Mismatch(f"the driver ends within {_END_SECONDS:g} s of stop", "it still runs") from None
        _, left = psutil.wait_procs(family, timeout=1.0)
        expect(not left, "no process is left", [process.name() for process in left])

    async def close(self) -> None:
        """End whatever still runs."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        if self._server is not None:
            self._server.close()
        if self._writer is not None:
            self._writer.close()

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._writer is not None  # noqa: S101
        self._last_id += 1
        line = json.dumps({"id": self._last_id, **request})
        answer = self._waiting[self._last_id] = asyncio.get_running_loop().create_future()
        self.transcript.note("runner", line)
        self._writer.write(line.encode() + b"\n")
        try:
            return await asyncio.wait_for(answer, self.patience_seconds)
        except TimeoutError:
            limit = f"within {self.patience_seconds:g} s"
            raise Mismatch(f"{request['do']} is answered {limit}", self._state()) from None

    def _state(self) -> str:
        if self._process is not None and self._process.returncode is not None:
            return f"the driver has ended with {self._process.returncode}\n{self.output()}"
        return f"nothing\n{self.output()}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._connected.set()
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                self.transcript.note("client", line.decode("utf-8", "replace").rstrip())
                self._take(line)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Mismatch("an answer", self._state()))

    def _take(self, line: bytes) -> None:
        try:
            said = json.loads(line)
        except ValueError:
            return  # the transcript shows it, and the question stays unanswered
        if "event" in said:
            self.events.append(said["event"])
            self._news.set()
        elif (waiting := self._waiting.get(said.get("id"))) and not waiting.done():
            waiting.set_result(said)


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
