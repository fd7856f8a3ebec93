"""Judge a folder's entries. The sieve lets pass at once what no rule is about; the rest asks `Admission`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hivesync_agent.projects.admission import UNPORTABLE, Admission, Verdict
from hivesync_agent.projects.confined import Identity
from hivesync_agent.projects.ignore import ALWAYS, DEFAULTS, GIT_LIST, OWN_LIST, read_list
from hivesync_agent.projects.index.folder import Listing
from hivesync_agent.projects.index.sieve import Sieve
from hivesync_agent.projects.root import Target
from hivesync_agent.projects.secrets import SECRET_FOLDERS, SECRET_NAMES

LISTS = (GIT_LIST, OWN_LIST)


@dataclass(frozen=True, slots=True)
class InForce:
    """What applies in a folder: a fingerprint of all ignore lists and of our own rules, and their sieve."""

    fingerprint: bytes
    sieve: Sieve


@dataclass(slots=True)
class Judged:
    """Names of one folder, sorted; `links` are files behind links, which are never trusted unread."""

    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


class Rules:
    """The rules of one pass over one project."""

    def __init__(self, root: Path, top: Path, own: frozenset[Identity]) -> None:
        self._root = root
        self._own = own
        self._offset = "" if root == top else root.relative_to(top).as_posix()
        self._admission = Admission.of(Target(root, top), own)
        self.outer = self._outermost(root, top)

    def within(self, outer: InForce, folder: str, lists: Iterable[str]) -> InForce:
        """Give what applies in `folder`, in which `lists` lie, below the rules of the folder around it."""
        own = [(name, read_list(self._root, f"{folder}/{name}" if folder else name)) for name in lists]
        return _added(outer, own)

    def is_own(self, info: os.stat_result) -> bool:
        """Tell whether this is one of our own folders, however it is named, linked or mounted."""
        return (info.st_dev, info.st_ino) in self._own

    def folders(self, folder: str, listing: Listing, rules: InForce) -> list[str]:
        """Give the folders that are entered. Those of our own are among them: whoever enters knows them."""
        return self._sorted(folder, listing.folders, rules, Judged(), are_folders=True)

    def judge(self, folder: str, listing: Listing, rules: InForce) -> Judged:
        """Sort a folder's entries into what is indexed, entered, and kept out as a possible secret."""
        judged = Judged()
        judged.files = self._sorted(folder, listing.files, rules, judged, are_folders=False)
        judged.folders = self._sorted(folder, listing.folders, rules, judged, are_folders=True)
        for link in sorted(listing.links):
            # A linked folder is indexed under its own name, where that is in the project: so no loops either.
            verdict = self._verdict(folder, link.name, judged, is_folder=link.is_folder, is_link=True)
            if verdict and link.is_file:
                judged.links.append(link.name)
        judged.skipped.sort()
        return judged

    def _sorted(
        self, folder: str, names: list[str], rules: InForce, judged: Judged, *, are_folders: bool
    ) -> list[str]:
        """Give the admitted ones. What no rule can mean is not asked about, which is nearly all of it."""
        names = sorted(names)
        asked = rules.sieve.caught(f"{self._offset}/{folder}", names)
        if UNPORTABLE.search("/".join(names)) is not None:
            asked = names
        if not asked:
            return names
        return [
            name
            for name in names
            if name not in asked or self._verdict(folder, name, judged, is_folder=are_folders, is_link=False)
        ]

    def _verdict(self, folder: str, name: str, judged: Judged, *, is_folder: bool, is_link: bool) -> bool:
        relative = f"{folder}/{name}" if folder else name
        verdict = self._admission.of_child(relative, is_folder=is_folder, is_link=is_link)
        if verdict is Verdict.SECRET:
            judged.skipped.append(name)
        return verdict is Verdict.ADMITTED

    def _outermost(self, root: Path, top: Path) -> InForce:
        """Give what applies before the root's own lists: our defaults, and the lists above the root."""
        built_in = (*DEFAULTS, *sorted(ALWAYS), *SECRET_NAMES, *sorted(SECRET_FOLDERS))
        found = InForce(hashlib.sha256("\n".join(built_in).encode()).digest(), Sieve.of(built_in))
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
