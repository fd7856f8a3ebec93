"""Have `hivesync doctor` look at a test's machine: as the command, or without the cost of a process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import hivesync
import msgspec
from hivesync.settings import Settings, parse_origin
from hivesync_agent.cli.checks.everything import look_at_everything
from hivesync_agent.cli.checks.finding import Finding

from hivesync_dev.command_line import CommandLine


@dataclass(frozen=True, slots=True)
class Doctor:
    """Gives findings by the names of their checks."""

    line: CommandLine

    async def look(self, origin: str | None = None) -> dict[str, Finding]:
        """Look in this process, with the backend at an origin, or at the machine's own."""
        return await asyncio.to_thread(self._look, origin or self.line.server_url)

    async def command(self, *, healthy: bool) -> dict[str, Finding]:
        """Run the command, which must end with this verdict."""
        outcome = await self.line.run("doctor", "--json")
        report = outcome.json()
        verdict = (outcome.code, report["healthy"], report["cause"] is None)
        if verdict != ((0, True, True) if healthy else (1, False, False)):
            raise AssertionError(f"{verdict}: {outcome.out}{outcome.err}")
        return {each.check: each for each in msgspec.convert(report["findings"], list[Finding])}

    def _look(self, origin: str) -> dict[str, Finding]:
        settings = Settings(parse_origin(origin))
        with hivesync.Client(settings=settings, locations=self.line.locations) as client:
            return {finding.check: finding for finding in look_at_everything(client)}
