"""Which files a preview takes: for an app its whole source, for a single file only what that refers to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hivesync_contract.previews import PreviewKind

from hivesync_agent.projects.admission import Admission, Verdict
from hivesync_agent.projects.kinds import Subject
from hivesync_agent.projects.packages import Packages, aliases
from hivesync_agent.projects.reach import reach
from hivesync_agent.projects.root import Target
from hivesync_agent.projects.snapshot import as_candidates
from hivesync_agent.projects.specifiers import SCRIPTS
from hivesync_agent.projects.walk import ASSET_SUFFIXES, Walk

_TOOL_SETTINGS = re.compile(r"(^|/)([^/]+\.config|gulpfile|gruntfile)\.[cm]?[jt]s$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Selection:
    """`candidates` maps manifest paths to disk paths; `skipped` may hold secrets."""

    candidates: dict[str, str]
    skipped: Sequence[str] = ()


def select(target: Target, subject: Subject, admission: Admission) -> Selection:
    """Give the files to hash, each of them admitted."""
    if subject.kind is PreviewKind.IMAGE:
        return Selection(as_candidates([subject.entry]))
    if subject.kind is PreviewKind.MARKDOWN:
        return Selection(as_candidates(_with_references(target.root, subject.entry, admission, assets=True)))
    if target.loose:
        return Selection(as_candidates(_with_references(target.root, subject.entry, admission, assets=False)))
    walk = Walk(admission)
    own = list(walk.files())
    candidates = as_candidates(own)
    candidates |= _packages(target.root, subject.entry, own, admission)
    return Selection(candidates, walk.skipped)


def _with_references(root: Path, entry: str, admission: Admission, *, assets: bool) -> Sequence[str]:
    def admits(path: str) -> bool:
        # A text shows its pictures; the pages it links to are other documents.
        is_wanted = not assets or PurePosixPath(path).suffix.lower() in ASSET_SUFFIXES
        return is_wanted and admission.of_file(path) is Verdict.ADMITTED

    return reach(root, [entry], admits).files


def _packages(root: Path, entry: str, own: Sequence[str], admission: Admission) -> dict[str, str]:
    if not any((root / folder / "node_modules").is_dir() for folder in _package_folders(own)):
        return {}
    packages = Packages(root, admission)
    known = frozenset(own)
    imports = reach(root, [entry], known.__contains__).imports
    packages.collect(imports)
    if aliases(imports, packages.absent):
        # An alias hides where an import leads, so any of the app's scripts may be reached.
        packages.collect(reach(root, _scripts(own), known.__contains__).imports)
    return packages.files


def _package_folders(own: Sequence[str]) -> set[str]:
    manifests = (path for path in own if PurePosixPath(path).name == "package.json")
    return {"", *(str(PurePosixPath(path).parent) for path in manifests)}


def _scripts(own: Sequence[str]) -> list[str]:
    """Give the app's scripts: what configures its tools would pull in the tools themselves."""
    return [
        path
        for path in own
        if PurePosixPath(path).suffix.lower() in SCRIPTS and not _TOOL_SETTINGS.search(path)
    ]
