"""What there is of HiveSync in this user's account: looked up before anybody is asked. Changes nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hivesync.credentials.lock import is_held
from hivesync.credentials.noted import Note, stored_accounts
from hivesync.locations import Locations

from hivesync_agent.service.autostart import Autostart, Installed
from hivesync_agent.service.job import Job, new_job
from hivesync_agent.tray.at_login import TrayEntry
from hivesync_agent.uninstall.footprint import Footprint, footprint

_MOVED_BY = (
    "HIVESYNC_RUNTIME_DIR",
    "HIVESYNC_CONFIG_DIR",
    "HIVESYNC_STATE_DIR",
    "HIVESYNC_LOG_DIR",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
)


@dataclass(frozen=True, slots=True)
class Running:
    """A process of ours, known by the lock that it holds."""

    name: Literal["tray", "keeper", "agent"]
    profile: str
    lock: Path

    def __str__(self) -> str:
        return f"{self.name} of profile {self.profile}"


@dataclass(frozen=True, slots=True)
class Home:
    """One set of folders, what lies in them, and whose sessions are noted there."""

    locations: Locations
    found: Footprint
    notes: Sequence[Note]

    @property
    def profiles(self) -> list[str]:
        """Give the profiles that have anything here."""
        return sorted(self.found.profiles | {note.account.profile for note in self.notes})

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing here is ours."""
        return not (self.found.files or self.found.folders)

    def running(self) -> list[Running]:
        """Give what runs; whoever could start another one comes first."""
        mine = [each for profile in self.profiles for each in _locks(self.locations, profile)]
        order = ("tray", "keeper", "agent")
        return sorted((each for each in mine if is_held(each.lock)), key=lambda each: order.index(each.name))


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an uninstall would end and remove."""

    homes: Sequence[Home]
    services: Sequence[Job]
    trays: Sequence[Job]
    """What starts agents, and what starts trays, at login."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing of ours is left."""
        return not (self.services or self.trays) and all(home.is_empty for home in self.homes)

    @property
    def profiles(self) -> list[str]:
        """Give all profiles, in order."""
        names = {name for home in self.homes for name in home.profiles}
        return sorted(names | {job.profile for job in (*self.services, *self.trays)})

    @property
    def files(self) -> list[Path]:
        """Give every file once: homes may share a folder."""
        return sorted({path for home in self.homes for path in home.found.files})

    @property
    def notes(self) -> list[Note]:
        """Give the stored sessions, each once."""
        return list(dict.fromkeys(note for home in self.homes for note in home.notes))

    @property
    def changes(self) -> int:
        """Count what the user has changed and the server has not taken."""
        return len({path for home in self.homes for path in home.found.changes})


def make_plan(agents: Autostart, trays: TrayEntry, environ: Mapping[str, str]) -> Plan:
    """Look at the folders that these variables name, and at those of each agent that starts at login."""
    installed = agents.installed()
    places = list(dict.fromkeys(_places(environ, installed)))
    services = [new_job(each.profile, Locations.detect(_variables(environ, each))) for each in installed]
    started = [new_job(profile, places[0]) for profile in trays.profiles()]
    return Plan([look(locations) for locations in places], services, started)


def look(locations: Locations) -> Home:
    """Look at one set of folders."""
    return Home(locations, footprint(locations), stored_accounts(locations.state))


def _places(environ: Mapping[str, str], installed: Sequence[Installed]) -> Iterator[Locations]:
    for each in (environ, *(_variables(environ, service) for service in installed)):
        yield Locations.detect(each)
        if sys.platform == "linux":
            # After `su`, or from cron, a shell knows nothing of the folder that the desktop's agent is in.
            without = {name: value for name, value in each.items() if name != "XDG_RUNTIME_DIR"}
            yield Locations.detect(without)
            yield Locations.detect(without | {"XDG_RUNTIME_DIR": f"/run/user/{os.getuid()}"})


def _variables(environ: Mapping[str, str], service: Installed) -> dict[str, str]:
    """Give what the service's agent gets: its folders, and not those of this shell."""
    kept = {name: value for name, value in environ.items() if name not in _MOVED_BY}
    return kept | dict(service.environment)


def _locks(locations: Locations, profile: str) -> Iterator[Running]:
    yield Running("tray", profile, locations.tray_lock(profile))
    yield Running("keeper", profile, locations.log / f"service.{profile}.lock")
    yield Running("agent", profile, locations.agent_lock(profile))
