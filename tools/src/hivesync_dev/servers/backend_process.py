"""The backend as a process of its own, as an operator runs it: it can be stopped, and killed."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
from hivesync_server.adapters.tls import trusted

from hivesync_dev.servers.running_backend import LIMITS
from hivesync_dev.waiting import end_of

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


@dataclass(slots=True)
class BackendProcess:
    """`hivesync-server serve`, with nothing in its environment but what is given."""

    environ: Mapping[str, str]
    url: str = ""
    pid: int = 0
    log: str = ""
    _process: asyncio.subprocess.Process | None = None
    _stderr: IO[bytes] | None = None

    @classmethod
    def alone(cls, data: Path) -> BackendProcess:
        """Give one on SQLite in `data`, without Worker and object store, for what needs neither."""
        nowhere = "http://127.0.0.1:9"
        return cls(
            {
                "HIVESYNC_DATA_DIR": str(data),
                "PORT": "0",
                "WORKER_URL": nowhere,
                "WORKER_SHARED_SECRET": secrets.token_urlsafe(32),
                "JWT_SECRET": secrets.token_urlsafe(32),
                "R2_ENDPOINT": nowhere,
                "R2_ACCESS_KEY": "key",
                "R2_SECRET_KEY": secrets.token_urlsafe(32),
            }
        )

    async def start(self) -> BackendProcess:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "hivesync_server", "serve", "--json"]
        # No pipe: a full one, while we are busy, would hold up the server.
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = await asyncio.create_subprocess_exec(
            *command, env=dict(self.environ), stdout=asyncio.subprocess.PIPE, stderr=self._stderr
        )
        if self._process.stdout is None:
            raise RuntimeError("no pipe")
        try:
            async with asyncio.timeout(_START_SECONDS):
                line = await self._process.stdout.readline()
        except BaseException:
            await self.kill()  # nobody else knows of it
            raise
        if not line:
            await self.stop()
            raise RuntimeError(f"the server did not start: {self.log}")
        announced = json.loads(line)
        self.url, self.pid = announced["url"], announced["pid"]
        return self

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self._process is not None:
            self._process.send_signal(number)

    async def stop(self) -> int:
        """Ask it to end, and give its exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it as a power cut does."""
        await self._end(signal.SIGKILL)

    async def _end(self, number: signal.Signals) -> int:
        if self._process is None or self._stderr is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(number)
        async with asyncio.timeout(_STOP_SECONDS):
            code = await end_of(self._process)
        if not self._stderr.closed:
            self._stderr.seek(0)
            self.log += self._stderr.read().decode()
            self._stderr.close()
        return code

    def client(self) -> httpx.AsyncClient:
        """Give a client of it."""
        return httpx.AsyncClient(
            base_url=self.url, trust_env=False, verify=trusted(), timeout=30, limits=LIMITS
        )
