"""Judge a folder's entries. The sieve lets pass at once what no rule is about; the rest asks `Admission`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from hivesync_agent.projects.admission import UNPORTABLE, Admission, Verdict
from hivesync_agent.projects.confined import Identity
from hivesync_agent.projects.ignore import ALWAYS, DEFAULTS, GIT_LIST, OWN_LIST, Ignores, read_list
from hivesync_agent.projects.index.sieve import Sieve
from hivesync_agent.projects.secrets import SECRET_FOLDERS, SECRET_NAMES

LISTS = (GIT_LIST, OWN_LIST)
_SECRETS = Sieve.of((*SECRET_NAMES, *SECRET_FOLDERS))


@dataclass(frozen=True, slots=True)
class InForce:
    """The ignore lists that apply in a folder: a fingerprint of them all, and their sieve."""

    fingerprint: bytes
    sieve: Sieve


@dataclass(slots=True)
class Judged:
    """Names of one folder, sorted; `links` are files behind links, which are never trusted unread."""

    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


class Found(NamedTuple):
    """An entry as a folder's listing tells it; `is_folder` and `is_file` look through links."""

    name: str
    is_folder: bool
    is_file: bool
    is_link: bool


class Rules:
    """The rules of one pass over one project."""

    def __init__(self, root: Path, top: Path, own: frozenset[Identity]) -> None:
        self._root = root
        self._admission = Admission(root, Ignores(root, top), own)
        self.outer = self._outermost(root, top)

    def within(self, outer: InForce, folder: str, lists: Iterable[str]) -> InForce:
        """Give what applies in `folder`, in which `lists` lie, below the rules of the folder around it."""
        own = [(name, read_list(self._root, f"{folder}/{name}" if folder else name)) for name in lists]
        return _added(outer, own)

    def judge(self, folder: str, entries: Iterable[Found], rules: InForce) -> Judged:
        """Sort a folder's entries into what is indexed, entered, and kept out as a possible secret."""
        judged = Judged()
        may_ignore, may_hide = rules.sieve.may_mean, _SECRETS.may_mean
        for entry in sorted(entries):
            name, is_folder, is_file, is_link = entry
            plain = is_file and not is_link and UNPORTABLE.search(name) is None
            if plain and not may_ignore(name) and not may_hide(name.casefold()):
                judged.files.append(name)
                continue
            relative = f"{folder}/{name}" if folder else name
            verdict = self._admission.of_child(relative, is_folder=is_folder, is_link=is_link)
            if verdict is Verdict.SECRET:
                judged.skipped.append(name)
            elif verdict is Verdict.ADMITTED:
                _sort_in(judged, entry)
        return judged

    def _outermost(self, root: Path, top: Path) -> InForce:
        """Give what applies before the root's own lists: our defaults, and the lists above the root."""
        own = (*DEFAULTS, *sorted(ALWAYS))
        found = InForce(hashlib.sha256("\n".join((*own, *SECRET_NAMES)).encode()).digest(), Sieve.of(own))
        names = [".git/info/exclude"]
        if root != top:
            for folder in reversed([*root.relative_to(top).parents]):
                names += [(folder / name).as_posix() for name in LISTS]
        return _added(found, [(name, read_list(top, name)) for name in names])


def _added(outer: InForce, lists: Iterable[tuple[str, list[str] | None]]) -> InForce:
    present = [(name, lines) for name, lines in lists if lines is not None]
    if not present:
        return outer
    digest = hashlib.sha256(outer.fingerprint)
    sieve = outer.sieve
    for name, lines in present:
        digest.update("\n".join((name, *lines, "")).encode("utf-8", "surrogatepass"))
        sieve = sieve.plus(Sieve.of(lines))
    return InForce(digest.digest(), sieve)


def _sort_in(judged: Judged, entry: Found) -> None:
    if entry.is_folder:
        # A linked folder is indexed under its own name, where that is in the project: so no loops either.
        if not entry.is_link:
            judged.folders.append(entry.name)
    elif entry.is_file:
        (judged.links if entry.is_link else judged.files).append(entry.name)
