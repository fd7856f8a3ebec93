"""Which files a preview takes: for an app its whole source, for a single file only what that refers to.

Beyond its root, in its workspace, an app takes only what it refers to.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from hivesync_contract.previews import Narrowed, PreviewKind

from hivesync_agent.projects.admission import Admission, Verdict
from hivesync_agent.projects.aliases import Aliases
from hivesync_agent.projects.kinds import Subject
from hivesync_agent.projects.packages import Packages, hides_files
from hivesync_agent.projects.reach import Sources
from hivesync_agent.projects.resolution import Folders
from hivesync_agent.projects.root import Target
from hivesync_agent.projects.snapshot import as_candidates
from hivesync_agent.projects.specifiers import SCRIPTS, is_settings
from hivesync_agent.projects.walk import ASSET_SUFFIXES, Walk

_TOOL_SETTINGS = re.compile(r"(^|/)([^/]+\.config|gulpfile|gruntfile)\.[cm]?[jt]s$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Selection:
    """`candidates` maps manifest paths to disk paths; `links` are those of packages, `narrowed` is what is
    taken of their barrels; `skipped` may hold secrets. All paths are relative to the target's base."""

    candidates: dict[str, str]
    skipped: Sequence[str] = ()
    links: dict[str, str] = field(default_factory=dict)
    narrowed: Narrowed = field(default_factory=dict)


def select(target: Target, subject: Subject, admission: Admission) -> Selection:
    """Give the files to hash, all admitted; raise `PathRefused` for one that is needed and must stay."""
    entry = target.from_base(subject.entry)
    if subject.kind is PreviewKind.IMAGE:
        return Selection(as_candidates([entry]))
    if subject.kind is PreviewKind.MARKDOWN or target.loose:
        return Selection(as_candidates(_with_references(target, entry, admission, subject.kind)))
    walk = Walk(admission, target.place)
    own = list(walk.files())
    if not (target.beyond or walk.met_link_out or _has_packages(target, own)):
        return Selection(as_candidates(own), walk.skipped)
    beyond, packages = _referred_to(target, entry, own, admission)
    candidates = as_candidates([*own, *beyond, *packages.files])
    return Selection(candidates, walk.skipped, packages.links, packages.narrowed)


def _with_references(target: Target, entry: str, admission: Admission, kind: PreviewKind) -> Sequence[str]:
    def admits(path: str) -> bool:
        # A text shows its pictures; the pages it links to are other documents.
        is_wanted = kind is not PreviewKind.MARKDOWN or PurePosixPath(path).suffix.lower() in ASSET_SUFFIXES
        return is_wanted and admission.of_file(path) is Verdict.ADMITTED

    folders = Folders(admission.confines)
    sources = Sources(admission.confines, folders, target.place, admits, Aliases())
    return sources.reach([entry]).files


def _referred_to(
    target: Target, entry: str, own: Sequence[str], admission: Admission
) -> tuple[Collection[str], Packages]:
    """Give the files that are not the app's own and that it needs: of its workspace, and of packages."""
    known, prefix = frozenset(own), f"{target.place}/" if target.place else ""

    def admits(path: str) -> bool:
        return path in known or (not path.startswith(prefix) and admission.of_file(path) is Verdict.ADMITTED)

    folders = Folders(admission.confines)
    sources = Sources(admission.confines, folders, target.place, admits, Aliases())
    settings = sources.reach(_settings(target, folders)).files
    sources = replace(sources, aliases=Aliases.read(admission.confines, settings))
    reached = sources.reach([entry])
    packages = Packages(sources, admission)
    packages.collect(reached.imports)
    if hides_files(reached.imports, packages.absent):
        # An alias hides where an import leads, so any of the app's scripts may be reached.
        packages.collect(sources.reach(_scripts(own)).imports, certain=False)
    return {*settings, *reached.files}, packages


def _settings(target: Target, folders: Folders) -> list[str]:
    """Give the app's settings of TypeScript; without any, those of the nearest folder around it."""
    folder = PurePosixPath(target.place)
    for each in (folder, *folder.parents):
        inside = "" if str(each) == "." else f"{each}/"
        if found := [inside + name for name in folders.files_in(inside.rstrip("/")) if is_settings(name)]:
            return found
    return []


def _has_packages(target: Target, own: Sequence[str]) -> bool:
    manifests = (path for path in own if PurePosixPath(path).name == "package.json")
    folders = {"", *(str(PurePosixPath(path).parent) for path in manifests)}
    return any((target.base / folder / "node_modules").is_dir() for folder in folders)


def _scripts(own: Sequence[str]) -> list[str]:
    """Give the app's scripts: what configures its tools would pull in the tools themselves."""
    return [
        path
        for path in own
        if PurePosixPath(path).suffix.lower() in SCRIPTS and not _TOOL_SETTINGS.search(path)
    ]
