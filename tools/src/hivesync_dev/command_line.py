"""Run the `hivesync` command as a user does: a process of its own, in folders of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hivesync import Locations

_LIMIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command printed, and how it ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Give the one JSON document of stdout."""
        return json.loads(self.out)


@dataclass
class CommandLine:
    """A machine of its own: folders below `folder`, and no keychain."""

    folder: Path
    server_url: str
    environ: dict[str, str] = field(default_factory=dict)
    python: str = sys.executable
    """The interpreter of the installation whose command is run."""
    inside: tuple[str, ...] = ()
    """A command that runs another one in a world of its own, such as `unshare --net`."""

    @property
    def locations(self) -> Locations:
        """Give the folders that the command uses."""
        return Locations(
            self.folder / "run", self.folder / "config", self.folder / "state", self.folder / "log"
        )

    async def run(self, *arguments: str, stdin: str = "") -> Outcome:
        """Run one command to its end."""
        process = await self.spawn(*arguments)
        async with asyncio.timeout(_LIMIT_SECONDS):
            out, err = await process.communicate(stdin.encode())
        return Outcome(process.returncode or 0, out.decode(), err.decode())

    async def spawn(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start one command and leave it running."""
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            *(*self.inside, self.python),
            *("-m", "hivesync_agent", *arguments),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=self.env(),
        )

    def env(self) -> dict[str, str]:
        """Give the environment: nothing of the caller's own HiveSync, proxies or keychain."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
        return {
            **kept,
            "PYTHONWARNINGS": "error",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "HIVESYNC_SERVER_URL": self.server_url,
            "HIVESYNC_RUNTIME_DIR": str(self.locations.runtime),
            "HIVESYNC_CONFIG_DIR": str(self.locations.config),
            "HIVESYNC_STATE_DIR": str(self.locations.state),
            "HIVESYNC_LOG_DIR": str(self.locations.log),
            **self.environ,
        }
