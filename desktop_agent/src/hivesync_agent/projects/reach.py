"""Which of a project's own files one file needs, and which packages they name. Follows references only."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hivesync_contract.limits import MANIFEST_FILES, SOURCE_TEXT_BYTES

from hivesync_agent.projects.aliases import Aliases
from hivesync_agent.projects.confined import Confines, Within, read_inside, real_path
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.resolution import Folders, existing, join
from hivesync_agent.projects.specifiers import How, Specifier, find_specifiers


@dataclass(frozen=True, slots=True)
class PackageImport:
    """A bare import: `importer` is the file that names it."""

    importer: str
    text: str
    how: How


@dataclass(frozen=True, slots=True)
class Reached:
    """`files` in the order in which they were found, the start first."""

    files: tuple[str, ...]
    imports: tuple[PackageImport, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """A project's own files, and which of them a reference means. Paths are relative to the confines' base.

    `site` is the folder that `/` means; `admits` tells whether a file may be sent.
    """

    confines: Confines
    folders: Folders
    site: str
    admits: Callable[[str], bool]
    aliases: Aliases

    def reach(self, start: Iterable[str]) -> Reached:
        """Follow references from `start` to every admitted file.

        Raises `PathRefused` for one that a link leads out of the approved folders: the build would only
        say that there is no such file.
        """
        files: dict[str, None] = dict.fromkeys(start)
        imports: dict[PackageImport, None] = {}
        waiting = deque(files)
        while waiting and len(files) <= MANIFEST_FILES:
            importer = waiting.popleft()
            for specifier in references(self.confines, importer):
                found = list(self._meant(importer, specifier))
                if not found and (package := _package_import(importer, specifier)):
                    imports.setdefault(package)
                fresh = [file for file in found if file not in files]
                admitted = [file for file in fresh if self.admits(file)]
                if fresh and not admitted:
                    self._check_link(importer, specifier, fresh[0])
                files.update(dict.fromkeys(admitted))
                waiting.extend(admitted)
        return Reached(tuple(files), tuple(imports))

    def _meant(self, importer: str, specifier: Specifier) -> Iterator[str]:
        if not is_bare(specifier):
            yield from own_files(self.folders, importer, specifier, self.site)
            return
        for path in self.aliases.meanings(specifier.text):
            yield from existing(self.folders, path)

    def _check_link(self, importer: str, specifier: Specifier, file: str) -> None:
        try:
            real_path(self.confines, file)
        except PathRefused as exc:
            raise leads_out(importer, specifier.text, file, self.confines, self.site) from exc
        except (OSError, RuntimeError):
            return  # gone, or a loop of links: the build says that it is not there


def leads_out(importer: str, text: str, path: str, confines: Confines, place: str) -> PathRefused:
    """Say that a link leads out of what the project at `place` may read, where it leads, and what to do."""
    real = (confines.base / path).resolve()
    folder = real if real.is_dir() else real.parent
    return PathRefused(
        f"{importer} imports {text!r}, but {path} is a link to {real}, outside of the project and of what is "
        f"approved for it. To approve that folder: hivesync link {confines.base / place} --root {folder}"
    )


def references(within: Within, path: str) -> list[Specifier]:
    """Give what a file refers to; nothing for one that is no text, too large or not readable."""
    content = read_inside(within, path, SOURCE_TEXT_BYTES)
    return find_specifiers(path, content.decode("utf-8", "replace")) if content else []


def is_bare(specifier: Specifier) -> bool:
    """Tell whether it names a package instead of a file (Node.js documentation, "Import specifiers")."""
    return specifier.how is not How.URL and not specifier.text.startswith((".", "/"))


def own_files(folders: Folders, importer: str, specifier: Specifier, site: str = "") -> list[str]:
    """Give the files that a relative reference, or one from the site's root, may mean."""
    if specifier.text.startswith("/"):
        inner = specifier.text.lstrip("/")
        paths = [join(site, inner), join(posixpath.join(site, "public"), inner)]
    else:
        paths = [join(posixpath.dirname(importer), specifier.text)]
    return [file for path in paths if path is not None for file in existing(folders, path)]


def _package_import(importer: str, specifier: Specifier) -> PackageImport | None:
    if is_bare(specifier):
        return PackageImport(importer, specifier.text, specifier.how)
    if importer.endswith(".css") and not specifier.text.startswith((".", "/")):
        # In CSS a package is named as a file is, by older tools with `~` before it.
        return PackageImport(importer, specifier.text.removeprefix("~"), How.IMPORT)
    return None
