"""Several server processes behind one port: started, watched, replaced one by one, and ended together.

The socket belongs to the parent, so a connection that comes while a process is replaced waits for the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field

from hivesync_contract.errors import ErrorCode, HiveSyncError
from prometheus_client.multiprocess import mark_process_dead

from hivesync_server.background.backoff import backoff
from hivesync_server.monitoring.metrics import FIGURES_FOLDER

START_SECONDS = 60.0
STOP_SECONDS = 42.0
"""More than a process takes for its requests and for what it is just sending; then it is killed."""

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_logger = logging.getLogger(__name__)


class ProcessFailed(HiveSyncError):
    """A server process ended before it answered; it has told the reason itself."""

    code = ErrorCode.INTERNAL_ERROR


@dataclass(slots=True, eq=False)
class Supervisor:
    """Keeps `count` processes alive until SIGTERM or SIGINT; SIGHUP replaces each by a new one."""

    listener: socket.socket
    host: str
    count: int
    ready: Callable[[list[int]], None]
    _children: list[asyncio.subprocess.Process] = field(default_factory=list)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _replacing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _figures: str = ""

    async def run(self) -> None:
        """Supervise until told to stop; raise `ProcessFailed` when the first processes don't start."""
        with tempfile.TemporaryDirectory(prefix="hivesync-figures-") as self._figures:
            await self._run()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        try:
            await self._start_all()
            self.ready([child.pid for child in self._children])
            await self._watch()
        finally:
            self._stopping.set()
            self.listener.close()
            await asyncio.gather(*(_stop(child) for child in self._children))

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            keepers = [
                group.create_task(self._keep(place), name=f"keeper-{place}") for place in range(self.count)
            ]
            loop.add_signal_handler(
                signal.SIGHUP, lambda: group.create_task(self._replace_all(), name="rolling-restart")
            )
            await self._stopping.wait()
            loop.remove_signal_handler(signal.SIGHUP)
            async with self._replacing:  # a process that is being started must be known before it is stopped
                for keeper in keepers:
                    keeper.cancel()

    async def _start_all(self) -> None:
        started = await asyncio.gather(*(self._start() for _ in range(self.count)), return_exceptions=True)
        self._children = [child for child in started if isinstance(child, asyncio.subprocess.Process)]
        for failure in started:
            if isinstance(failure, BaseException):
                raise failure

    async def _start(self) -> asyncio.subprocess.Process:
        descriptor = self.listener.fileno()
        port = str(self.listener.getsockname()[1])
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hivesync_server", "serve", "--json"),
            *("--host", self.host, "--port", port, "--inherited-socket", str(descriptor)),
            # The pipe's end tells a process that the parent was killed; see `end_with_parent`.
            stdin=asyncio.subprocess.PIPE,
            # What each process counts lies in one folder, so that any of them can tell the sum.
            env=os.environ | {FIGURES_FOLDER: self._figures},
            stdout=asyncio.subprocess.PIPE,
            pass_fds=(descriptor,),
        )
        assert child.stdout is not None  # noqa: S101 - it was asked for
        line = b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                line = await child.stdout.readline()
        if not line.startswith(b"{"):
            await _stop(child)
            raise ProcessFailed("A server process did not start; its own message says why.")
        _logger.info("server process started", extra={"worker_pid": json.loads(line)["pid"]})
        return child

    async def _keep(self, place: int) -> None:
        """Start a process anew whenever the one at `place` has ended, at growing intervals if that fails."""
        tries = 0
        while True:
            child = self._children[place]
            code = await child.wait()
            async with self._replacing:
                if child is not self._children[place]:
                    continue
                self._forget(child)
                _logger.error("server process ended", extra={"worker_pid": child.pid, "exit_code": code})
                try:
                    self._children[place] = await self._start()
                    tries = 0
                except ProcessFailed:
                    tries += 1
            if tries:
                pause = backoff(tries, _FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)
                await asyncio.sleep(pause.total_seconds())

    async def _replace_all(self) -> None:
        """Replace one after the other; each new process answers before the old one is told to go."""
        for place in range(self.count):
            async with self._replacing:
                if self._stopping.is_set():
                    return
                old = self._children[place]
                try:
                    self._children[place] = await self._start()
                except ProcessFailed:
                    _logger.error("rolling restart given up: the old processes go on")
                    return
                await _stop(old)
                self._forget(old)
        _logger.info("all server processes were replaced")

    def _forget(self, child: asyncio.subprocess.Process) -> None:
        """Take what a process had at its end out of the sums; what it has done stays."""
        mark_process_dead(child.pid, self._figures)  # type: ignore[no-untyped-call]


async def _stop(child: asyncio.subprocess.Process) -> None:
    """Ask a process to end, and end it if it does not."""
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await child.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def end_with_parent() -> None:
    """End this process as SIGTERM does once its parent is gone: else it would hold the port for ever."""

    def read() -> None:
        if not os.read(descriptor, 1024):
            loop.remove_reader(descriptor)
            signal.raise_signal(signal.SIGTERM)

    loop = asyncio.get_running_loop()
    descriptor = sys.stdin.fileno()
    loop.add_reader(descriptor, read)
