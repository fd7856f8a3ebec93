"""The steps of an uninstall, in their order. One that fails is told, and hinders none that can go without it.

First everything that could start another agent, then the agents, whose locks are held from then on; then the
sessions, which takes files; the files last.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hivesync import Client
from hivesync.credentials import FileLock
from hivesync.locations import Locations
from hivesync.settings import Settings
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent import VERSION
from hivesync_agent.cli import agent_process
from hivesync_agent.service.autostart import Autostart
from hivesync_agent.tray.at_login import TrayEntry
from hivesync_agent.uninstall.footprint import Footprint
from hivesync_agent.uninstall.package import removal_command
from hivesync_agent.uninstall.plan import Home, Plan, Running, look
from hivesync_agent.uninstall.processes import end_holder
from hivesync_agent.uninstall.report import Left, Problem, Report
from hivesync_agent.uninstall.sessions import end_session, not_ended

_ANSWER_SECONDS = 5.0
_LOCK_SECONDS = 5.0


class Removal:
    """Carries a plan out.

    `tell` gets a line for each step; `may_prompt`: the keychain may ask the user to unlock it.
    """

    def __init__(
        self, agents: Autostart, trays: TrayEntry, tell: Callable[[str], None], *, may_prompt: bool
    ) -> None:
        self._agents = agents
        self._trays = trays
        self._tell = tell
        self._may_prompt = may_prompt
        self._report = Report(removal_command())
        self._kept: set[Path] = set()
        """Notes of sessions that could not be removed: the next uninstall must find them."""

    def run(self, plan: Plan) -> Report:
        """Do it all, then look at what is left."""
        self._report.profiles = plan.profiles
        for job in plan.trays:
            with self._told():
                self._trays.remove(job)
                self._report.trays.append(job.profile)
        for job in plan.services:
            self._tell(f"Removing the service of profile {job.profile} …")
            with self._told():
                self._agents.uninstall(job)
                self._report.services.append(job.profile)
        homes = [home for home in plan.homes if not home.is_empty]
        with self._told():
            # All of them first: homes may share their state, which who still runs would write anew.
            for home in homes:
                self._end_all(home)
            if homes:
                self._remove([home.locations for home in homes], plan.profiles)
        left = (each for home in plan.homes for each in self._left(look(home.locations).found))
        self._report.left = list(dict.fromkeys(left))
        return self._report

    def _end_all(self, home: Home) -> None:
        for each in home.running():
            self._tell(f"Ending the {each} …")
            self._end(each, home.locations)

    def _remove(self, places: Sequence[Locations], profiles: Sequence[str]) -> None:
        self._tell("Removing sessions and files …")
        with contextlib.ExitStack() as held:
            # As long as these are held, no editor can start another agent.
            for locations in places:
                if locations.runtime.is_dir():
                    for profile in profiles:
                        held.enter_context(FileLock(locations.agent_lock(profile)).hold(_LOCK_SECONDS))
            for locations in places:
                self._end_sessions(locations)
                self._remove_files(look(locations).found)
        # Windows removes no file that is locked, and a lock makes its folder anew.
        for locations in places:
            self._remove_files(look(locations).found)

    def _end(self, running: Running, locations: Locations) -> None:
        if running.name == "agent":
            end_holder(running.lock, lambda: _shut_down(running.profile, locations))
        else:
            end_holder(running.lock)
        self._report.ended.append(str(running))

    def _end_sessions(self, locations: Locations) -> None:
        for note in look(locations).notes:
            self._tell(f"Ending the session at {note.account.origin} (profile {note.account.profile}) …")
            try:
                ended = end_session(note, locations, may_prompt=self._may_prompt)
            except HiveSyncError as error:
                self._report.problems.append(not_ended(note, locations, error))
                self._kept.add(note.path(locations.state))
            else:
                self._report.sessions += [ended] if ended else []

    def _remove_files(self, found: Footprint) -> None:
        changes = set(found.changes)
        for path in found.files:
            if path not in self._kept:
                with self._told():
                    path.unlink(missing_ok=True)
                    self._report.files += 1
                    self._report.discarded_changes += path in changes
        for folder in found.folders:
            # What is not empty, or not ours to remove, is among what is left.
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _left(self, found: Footprint) -> Iterator[Left]:
        for path in found.foreign:
            yield Left(str(path), "not made by HiveSync")
        for path in [*found.files, *found.folders]:
            if path not in self._kept and not any(kept.is_relative_to(path) for kept in self._kept):
                yield Left(str(path), "could not be removed")

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except HiveSyncError as error:
            self._report.problems.append(Problem(error.code, error.detail))
        except OSError as error:
            detail = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
            self._report.problems.append(Problem(ErrorCode.INTERNAL_ERROR, detail))


def _shut_down(profile: str, locations: Locations) -> None:
    """Have the agent drain, and revoke a session that it holds in memory alone."""
    settings = Settings(profile=profile, names_server=False)
    name = f"hivesync-uninstall/{VERSION}"
    with (
        contextlib.suppress(HiveSyncError),  # one that does not answer is ended by its lock
        Client(name=name, timeout_seconds=_ANSWER_SECONDS, settings=settings, locations=locations) as client,
    ):
        agent_process.stop(client)
