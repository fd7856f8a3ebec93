"""The files that one file imports, and those that import it: in the project, admitted, and few.

Only references that name a file are followed, as a preview follows them; nothing outside the project is
looked at, and what may be a secret is neither read nor sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from hivesync_contract.ai_docs import Neighbour, Relation

from hivesync_agent.projects.admission import Admission, Verdict, manifest_path
from hivesync_agent.projects.confined import read_inside
from hivesync_agent.projects.reach import is_bare, own_files, references
from hivesync_agent.projects.refusals import SourceTooLarge
from hivesync_agent.projects.resolution import Folders
from hivesync_agent.projects.secrets import holds_private_key
from hivesync_agent.projects.specifiers import SCRIPTS, find_specifiers
from hivesync_agent.projects.walk import Walk

EACH = 6
"""Most files of either relation."""

CONTENT_BYTES = 4 * 1024
_READ_BYTES = 1024 * 1024
_SEARCHED_FILES = 1_500
_SUFFIXES = SCRIPTS | {".css", ".scss", ".sass", ".less", ".json", ".html", ".htm", ".md", ".mdx"}


def find_neighbours(root: Path, disk: str, content: str, admission: Admission) -> list[Neighbour]:
    """Give imported files first, then importers, the nearest of each."""
    folders = Folders(admission.confines)
    imported = islice(_imported(folders, disk, content, admission), EACH)
    found = [(path, Relation.IMPORTS) for path in imported]
    if PurePosixPath(disk).suffix.lower() in SCRIPTS:
        importers = islice(_importers(root, folders, disk, admission), EACH)
        found += [(path, Relation.IMPORTED_BY) for path in importers]
    neighbours = (_neighbour(root, path, relation) for path, relation in found)
    return [each for each in neighbours if each is not None]


def _imported(folders: Folders, disk: str, content: str, admission: Admission) -> Iterator[str]:
    seen = {disk}
    for specifier in find_specifiers(disk, content):
        if is_bare(specifier):
            continue
        for path in own_files(folders, disk, specifier):
            is_text = PurePosixPath(path).suffix.lower() in _SUFFIXES
            if path not in seen and is_text and admission.of_file(path) is Verdict.ADMITTED:
                seen.add(path)
                yield path


def _importers(root: Path, folders: Folders, disk: str, admission: Admission) -> Iterator[str]:
    for path in _nearest_first(disk, admission):
        if path == disk:
            continue
        specifiers = (each for each in references(root, path) if not is_bare(each))
        if any(disk in own_files(folders, path, each) for each in specifiers):
            yield path


def _nearest_first(disk: str, admission: Admission) -> list[str]:
    folder = disk.rpartition("/")[0]
    scripts = (path for path in Walk(admission).files() if PurePosixPath(path).suffix.lower() in SCRIPTS)
    try:
        found = list(islice(scripts, _SEARCHED_FILES))
    except SourceTooLarge:
        return []  # a project too large to search gives no importers
    return sorted(found, key=lambda path: (-_shared(folder, path), path.count("/"), path))


def _shared(folder: str, path: str) -> int:
    """Count the folders that both have in common."""
    both = zip(folder.split("/"), path.split("/")[:-1], strict=False)
    count = 0
    for mine, other in both:
        if mine != other:
            break
        count += 1
    return count


def _neighbour(root: Path, disk: str, relation: Relation) -> Neighbour | None:
    content = read_inside(root, disk, _READ_BYTES)
    if content is None or b"\x00" in content or holds_private_key(disk, content):
        return None
    beginning = content[:CONTENT_BYTES].decode("utf-8", "ignore")
    return Neighbour(manifest_path(disk), relation, beginning, len(content) > CONTENT_BYTES)
