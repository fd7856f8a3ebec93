"""Where one editor of this machine takes a plugin from, and what came of putting one there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hivesync_contract.errors import ErrorCode, HiveSyncError


class PluginRefused(HiveSyncError):
    """The plugin can't be put there, or taken away; nothing was changed."""

    code = ErrorCode.CONFLICT


class Outcome(StrEnum):
    INSTALLED = "installed"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    ABSENT = "absent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Installed:
    """What lies in a place. `ours`: this command put it there; `current`: it is what is bundled."""

    version: str
    ours: bool = True
    current: bool = False


class Place(ABC):
    """One editor. `editor` is the word of the command line, `name` is for people."""

    editor: str
    name: str
    path: Path
    next_step: str

    @abstractmethod
    def installed(self) -> Installed | None:
        """Tell what lies there; None for nothing. Reads only."""

    @abstractmethod
    def install(self) -> None:
        """Put the bundled plugin there in one step; raise `PluginMissing` or `PluginRefused`."""

    @abstractmethod
    def remove(self) -> None:
        """Take away what `install` has put there."""


def put(place: Place) -> Outcome:
    """Install or update; what is current stays as it is. Raise `PluginMissing` or `PluginRefused`."""
    before = place.installed()
    if before is not None and not before.ours:
        raise PluginRefused(f"{place.path} was not put there by this command; it is left alone.")
    if before is not None and before.current:
        return Outcome.UNCHANGED
    place.install()
    return Outcome.INSTALLED if before is None else Outcome.UPDATED


def take_away(place: Place) -> Outcome:
    """Remove the plugin if this command put it there; raise `PluginRefused` if it did not."""
    before = place.installed()
    if before is None:
        return Outcome.ABSENT
    if not before.ours:
        raise PluginRefused(f"{place.path} was not put there by this command; remove it as you put it there.")
    place.remove()
    return Outcome.REMOVED
