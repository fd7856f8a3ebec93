"""The room of a live preview: how the agent gets in, and what it hears of the phones that are there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PROTOCOL = "hivesync.room.1"
"""Subprotocol of the room's WebSocket; the token is offered as the second, since it stands in no address."""

MODULE_BYTES = 512 * 1024
"""The longest file that is sent to a room as it is saved; a longer one becomes a version."""


@dataclass(frozen=True, slots=True)
class RoomAccess:
    """`POST …/previews/{id}/room`: where the room is, and a token that opens it for ten minutes."""

    url: str
    token: str


class ConsoleLevel(StrEnum):
    LOG = "log"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"
    DEBUG = "debug"


@dataclass(frozen=True, slots=True)
class PreviewDevice:
    """A phone that has a live preview open, by the name that its browser gives."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """What an app wrote to the console, or an error that nothing caught (`uncaught`), on a phone.

    `path` is absolute and `file` relative to the project's root; both are empty where the place is not known,
    and `line` and `column`, which count from 1, are 0 then.
    """

    level: ConsoleLevel
    text: str
    uncaught: bool = False
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class DeviceConsoleEvent:
    """`device.console`, from the agent only. `dropped`: how many more lines there were, too many to tell."""

    preview_id: str
    root: str
    device: PreviewDevice
    lines: list[ConsoleLine]
    dropped: int
