"""Which of a project's own files one file needs, and which packages they name. Follows references only."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.limits import MANIFEST_FILES, SOURCE_TEXT_BYTES

from hivesync_agent.projects.confined import read_inside
from hivesync_agent.projects.resolution import Folders, existing, join
from hivesync_agent.projects.specifiers import How, Specifier, find_specifiers


@dataclass(frozen=True, slots=True)
class PackageImport:
    """A bare import: `importer` is the file that names it, relative to the root."""

    importer: str
    text: str
    how: How


@dataclass(frozen=True, slots=True)
class Reached:
    """`files` in the order in which they were found, the start first."""

    files: tuple[str, ...]
    imports: tuple[PackageImport, ...]


def reach(root: Path, start: Iterable[str], admits: Callable[[str], bool]) -> Reached:
    """Follow references from `start` to every admitted file below `root`."""
    folders = Folders(root)
    files: dict[str, None] = dict.fromkeys(start)
    imports: dict[PackageImport, None] = {}
    waiting = deque(files)
    while waiting and len(files) <= MANIFEST_FILES:
        importer = waiting.popleft()
        for specifier in references(root, importer):
            if is_bare(specifier):
                imports.setdefault(PackageImport(importer, specifier.text, specifier.how))
                continue
            found = own_files(folders, importer, specifier)
            if not found and importer.endswith(".css") and not specifier.text.startswith((".", "/")):
                imports.setdefault(PackageImport(importer, specifier.text.removeprefix("~"), How.IMPORT))
            for file in found:
                if file not in files and admits(file):
                    files[file] = None
                    waiting.append(file)
    return Reached(tuple(files), tuple(imports))


def references(root: Path, path: str) -> list[Specifier]:
    """Give what a file refers to; nothing for one that is no text, too large or not readable."""
    content = read_inside(root, path, SOURCE_TEXT_BYTES)
    return find_specifiers(path, content.decode("utf-8", "replace")) if content else []


def is_bare(specifier: Specifier) -> bool:
    """Tell whether it names a package instead of a file (Node.js documentation, "Import specifiers")."""
    return specifier.how is not How.URL and not specifier.text.startswith((".", "/"))


def own_files(folders: Folders, importer: str, specifier: Specifier) -> list[str]:
    """Give the files that a relative reference, or one from the site's root, may mean."""
    if specifier.text.startswith("/"):
        inner = specifier.text.lstrip("/")
        paths = [join("", inner), join("public", inner)]
    else:
        paths = [join(posixpath.dirname(importer), specifier.text)]
    return [file for path in paths if path is not None for file in existing(folders, path)]
