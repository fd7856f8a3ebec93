"""What the agent and a preview's room say to each other: JSON in text messages of a WebSocket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from hivesync_contract.jobs import CallbackError
from hivesync_contract.rooms import ConsoleLevel


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file as it now is. `path` as in the manifest."""

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class Save:
    """Files of a version that were saved. The answer carries the same `id`."""

    id: int
    version: int
    files: list[SavedFile]
    type: Literal["save"] = "save"


@dataclass(frozen=True, slots=True)
class Seen:
    """A device, as the room names it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a phone's console; `file` as in the manifest."""

    level: ConsoleLevel
    text: str
    is_error: bool = False
    file: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """Any message of the room; which fields are set depends on the type. An unknown type is a newer one."""

    type: str
    id: int = 0
    error: CallbackError | None = None
    devices: list[Seen] = field(default_factory=list)
    device: Seen | None = None
    entries: list[Entry] = field(default_factory=list)
    dropped: int = 0
