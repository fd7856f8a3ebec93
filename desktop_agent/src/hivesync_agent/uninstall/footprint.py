"""Every file that HiveSync makes, by its name: the table that an uninstall goes by. Changes nothing.

A file that is not in it belongs to somebody else. The tests of the agent fail for one that it makes and that
is missing here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hivesync.locations import Locations
from hivesync_contract.discovery import DEFAULT_PROFILE

Kind = Literal["runtime", "config", "state", "log"]

_PROFILE = r"(?P<profile>[a-z0-9][a-z0-9_-]{0,31})"
_ACCOUNT = "[0-9a-f]{16}"
_ID = "[0-9a-f-]{36}"
_SQLITE = r"\.sqlite3(?:-journal)?"
_RANDOM = "[a-z0-9_]{8}"
"""What `tempfile` makes names unique with."""


@dataclass(frozen=True, slots=True)
class Room:
    """Files of one purpose: the patterns of their names, and of the subfolder that they lie in."""

    kind: Kind
    purpose: str
    names: tuple[str, ...]
    inside: str = ""


OPERATIONS = Room(
    "state",
    "changes that the server has yet to take",
    (rf"{_ID}\.json", rf"{_ID}\.json\.damaged"),
    inside=f"operations/{_ACCOUNT}",
)
ROOMS = (
    OPERATIONS,
    Room("runtime", "how to find the agent", (rf"desktop-agent(?:\.{_PROFILE})?\.(?:json|lock)",)),
    Room("runtime", "the tray's lock", (rf"tray\.{_PROFILE}\.lock",)),
    Room("runtime", "QR codes that the tray shows", (rf"qr-{_RANDOM}\.png",)),
    Room("config", "choices of the user", (r"config\.json",)),
    Room("state", "which accounts have a session", (rf"account-{_ACCOUNT}-(?:keychain|file)\.json",)),
    Room("state", "a session's lock, and its plaintext store", (rf"session-{_ACCOUNT}\.(?:lock|json)",)),
    Room("state", "answers kept for offline reading", (rf"answers\.{_PROFILE}\.bin",)),
    Room("state", "linked folders", (rf"projects\.{_PROFILE}\.json",)),
    Room("state", "hashes of files", (f"digests{_SQLITE}",)),
    Room("state", "indexes of projects", (f"[0-9a-f]{{32}}{_SQLITE}",), inside="index"),
    Room("state", "previews", (rf"{_ID}\.json",), inside=f"previews/{_PROFILE}"),
    Room("state", "support bundles", (r"hivesync-support-[0-9-]+\.zip",), inside="support"),
    Room("log", "the agent's log", (rf"agent\.{_PROFILE}(?:\.log(?:\.\d+)?|\.start\.log)",)),
    Room("log", "what Windows starts at login", (rf"service\.{_PROFILE}\.(?:json|lock)",)),
)


@dataclass(slots=True)
class Footprint:
    """What lies in a user's folders.

    `folders` are ours and hold nothing foreign, deepest first; `foreign` is what we have not made.
    """

    files: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    foreign: list[Path] = field(default_factory=list)
    changes: list[Path] = field(default_factory=list)
    profiles: set[str] = field(default_factory=set)


def footprint(locations: Locations) -> Footprint:
    """Look at the four folders. Follows no link, and goes into no subfolder that is not ours."""
    found = Footprint()
    tops = _tops(locations)
    # One folder may lie in another: on most systems log and runtime folder are below the state folder.
    for top in sorted(tops, key=lambda path: len(path.parts), reverse=True):
        if _is_for_more(top):
            found.foreign.append(top)
        else:
            _Walk(found, tops, tops[top]).enter(top, "")
    return found


def _is_for_more(folder: Path) -> bool:
    """Tell whether a variable names a folder in which `config.json` may be anybody's: whoever meant that
    must also tidy up by hand."""
    return folder in {Path.home(), folder.parent} or (folder / ".git").exists()


def _tops(locations: Locations) -> dict[Path, set[Kind]]:
    tops: dict[Path, set[Kind]] = {}
    kinds: tuple[Kind, ...] = ("runtime", "config", "state", "log")
    for kind in kinds:
        tops.setdefault(getattr(locations, kind), set()).add(kind)
    return tops


class _Walk:
    def __init__(self, found: Footprint, tops: Collection[Path], kinds: Collection[Kind]) -> None:
        self._found = found
        self._tops = tops
        self._rooms = [room for room in ROOMS if room.kind in kinds]

    def enter(self, folder: Path, inside: str) -> None:
        """Sort what the folder holds; the folder itself comes after everything below it."""
        if folder.exists() and not folder.is_dir():
            self._found.foreign.append(folder)
            return
        before = len(self._found.foreign)
        for path in _entries(folder):
            if any(top.is_relative_to(path) for top in self._tops):
                continue
            name = f"{inside}/{path.name}" if inside else path.name
            if path.is_dir() and not path.is_symlink() and self._is_ours(name):
                self.enter(path, name)
            elif not self._take(path, inside):
                self._found.foreign.append(path)
        is_shared = any(path.is_relative_to(folder) for path in self._found.foreign[:before])
        if folder.is_dir() and len(self._found.foreign) == before and not is_shared:
            self._found.folders.append(folder)

    def _take(self, path: Path, inside: str) -> bool:
        for room in self._rooms:
            where = re.fullmatch(room.inside, inside)
            what = _match(room.names, path.name)
            if where and what and (path.is_symlink() or not path.is_dir()):
                self._found.files.append(path)
                self._found.profiles |= {_profile(each) for each in (where, what) if each.re.groups}
                if room is OPERATIONS and not path.name.startswith("."):
                    self._found.changes.append(path)
                return True
        return False

    def _is_ours(self, inside: str) -> bool:
        """Tell whether files of ours lie in this subfolder, or further down."""
        return any(re.fullmatch(part, inside) for room in self._rooms for part in _parents(room.inside))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _match(patterns: Iterable[str], name: str) -> re.Match[str] | None:
    """Match a name, or that of a file which a crash has left half written (`write_private`)."""
    forms = (form for pattern in patterns for form in (pattern, rf"\.{pattern}\.{_RANDOM}\.unfinished"))
    return next(filter(None, (re.fullmatch(form, name) for form in forms)), None)


def _profile(name: re.Match[str]) -> str:
    return name["profile"] or DEFAULT_PROFILE


def _parents(inside: str) -> Iterator[str]:
    parts = inside.split("/") if inside else []
    yield from ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
