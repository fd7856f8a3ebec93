"""What an uninstall has done, as it is told to people and to programs."""

from __future__ import annotations

from dataclasses import dataclass, field

from hivesync_contract.errors import ErrorCode
from hivesync_contract.keychain import SessionStore


@dataclass(frozen=True, slots=True)
class EndedSession:
    """A session that is no longer kept here. `server_told`: nor does the server accept it any more."""

    server_url: str
    profile: str
    stored_in: SessionStore
    server_told: bool


@dataclass(frozen=True, slots=True)
class Left:
    """Something that stays, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be done; the detail says what to do about it."""

    code: ErrorCode
    detail: str


@dataclass(slots=True)
class Report:
    """`profiles` had something here; `ended` names processes; `services` and `trays` are the
    profiles whose agent or tray no longer starts at login; `files` counts what was removed.

    `package_command` removes the program itself, which is not done here.
    """

    package_command: str
    profiles: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    trays: list[str] = field(default_factory=list)
    sessions: list[EndedSession] = field(default_factory=list)
    files: int = 0
    discarded_changes: int = 0
    left: list[Left] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
