"""A user's account on a machine, in which HiveSync is used and then uninstalled."""

from __future__ import annotations

from dataclasses import dataclass

import psutil
from hivesync.discovery import read_discovery
from hivesync_contract.discovery import DiscoveryFile

from hivesync_dev.command_line import CommandLine, Outcome
from hivesync_dev.servers.fake_backend import PASSWORD
from hivesync_dev.waiting import holds


@dataclass
class UserAccount(CommandLine):
    """The command; `environ` must name a home folder of its own, since an uninstall looks there."""

    async def sign_in(self, *options: str, profile: str = "default") -> DiscoveryFile:
        """Sign in by an agent, and give that agent."""
        arguments = ("--profile", profile, "login", "--email", "ada", "--password-stdin", *options)
        outcome = await self.run(*arguments, stdin=PASSWORD)
        if outcome.code != 0:
            raise RuntimeError(outcome.err)
        return self.agent(profile)

    def agent(self, profile: str = "default") -> DiscoveryFile:
        """Give the agent that runs."""
        return read_discovery(self.locations.discovery_file(profile))

    async def uninstall(self, *options: str) -> Outcome:
        """Uninstall without being asked."""
        return await self.run("uninstall", "--yes", "--json", *options)

    def files(self) -> list[str]:
        """Give what there is below the command's four folders."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that waits for its parent to look does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def has_ended(pid: int) -> None:
    """Wait until a process has ended."""
    await holds(lambda: not is_running(pid))
