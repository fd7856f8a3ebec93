"""Collect the files of npm packages that a project's own files reach, transitively.

Only packages in approved folders, only files that are reached, and none that the Worker provides. What is
not installed is left to the build, whose error names it. A package keeps the place that it has on disk; the
links that lead to it (of pnpm's store, of a workspace) are told as links, so that it is one package for all
who import it, as Node.js has it.
"""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hivesync_contract.limits import MANIFEST_FILES, SOURCE_TEXT_BYTES
from hivesync_contract.previews import Narrowed

from hivesync_agent.projects.admission import Admission, Verdict, is_installed
from hivesync_agent.projects.barrels import Barrels, Unclear, names_taken
from hivesync_agent.projects.confined import read_inside, real_path
from hivesync_agent.projects.exports import browser_alternatives, internal_targets, targets
from hivesync_agent.projects.jsonc import read_object
from hivesync_agent.projects.reach import PackageImport, Sources, is_bare, leads_out
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.resolution import existing, join
from hivesync_agent.projects.specifiers import How, Specifier, find_specifiers

PROVIDED = frozenset(
    {
        "react",
        "react-dom",
        "react-native",
        "react-native-web",
        "preact",
        "scheduler",
        "expo",
        "expo-asset",
        "expo-clipboard",
        "expo-constants",
        "expo-device",
        "expo-font",
        "expo-haptics",
        "expo-image",
        "expo-linear-gradient",
        "expo-linking",
        "expo-secure-store",
        "expo-splash-screen",
        "expo-status-bar",
        "expo-web-browser",
        "@expo/vector-icons",
        "@react-native-async-storage/async-storage",
        "@react-native/assets-registry",
        "@react-native/new-app-screen",
        "react-native-gesture-handler",
    }
)
"""Packages that are never collected, with everything below their names: the Worker has them built in, or
puts something in their place, since their code asks for native modules that no browser can run."""

_PACKAGE_JSON_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Package:
    """A package by its folder, with links resolved. `is_source`: of the workspace, and not installed."""

    folder: str
    data: dict[str, Any]
    is_source: bool

    @property
    def is_free_of_effects(self) -> bool:
        """Tell whether loading one of its files does nothing by itself (webpack's "sideEffects")."""
        return not self.is_source and self.data.get("sideEffects") is False

    def path_of(self, target: str) -> str | None:
        """Give the path that a target of `package.json` means; None if it leads out of the package."""
        inner = join("", target)
        return posixpath.join(self.folder, inner) if inner is not None else None


@dataclass(frozen=True, slots=True)
class _Need:
    """`package` wants `specifier` from its file `path`; the project's own files have no package. `names` are
    what it takes, where that is known without reading the file."""

    package: Package | None
    path: str
    specifier: Specifier
    names: frozenset[str] | None = None

    @property
    def is_from_source(self) -> bool:
        """Tell whether a file of the user's wants it, and not one that is installed."""
        return self.package is None or self.package.is_source


class Packages:
    """Collects for one project. `links` maps where a package was looked for to where it lies; `absent`
    holds names; `narrowed`, the modules of which only some names count. All paths are relative to the base of
    the project's confines."""

    def __init__(self, sources: Sources, admission: Admission) -> None:
        self._confines = sources.confines
        self._folders = sources.folders
        self._aliases = sources.aliases
        self._place = sources.site
        self._admission = admission
        self._packages: dict[str, Package] = {}
        self._certain = True
        self._barrels = Barrels(self._text, self._only)
        self._whole: set[str] = set()
        self.files: dict[str, None] = {}
        self.narrowed: Narrowed = {}
        self.links: dict[str, str] = {}
        self.absent: set[str] = set()

    def collect(self, imports: Iterable[PackageImport], *, certain: bool = True) -> None:
        """Add all that these imports of the project's own files reach.

        Raises `PathRefused` for what must stay although a file needs it, unless it is not `certain` that
        the file itself is needed.
        """
        self._certain = certain
        waiting = deque(_Need(None, each.importer, Specifier(each.text, each.how)) for each in imports)
        while waiting and len(self.files) <= MANIFEST_FILES:
            waiting.extend(self._follow(waiting.popleft()))

    def _follow(self, need: _Need) -> Iterator[_Need]:
        package, text, how = need.package, need.specifier.text, need.specifier.how
        if how is How.GLOB:
            return
        if package is not None and not is_bare(need.specifier):
            path = join(posixpath.dirname(need.path), text)
            if path is not None and (package.is_source or path.startswith(f"{package.folder}/")):
                yield from self._add(need, package, [path])
        elif package is not None and text.startswith("#"):
            inner = (package.path_of(target) for target in internal_targets(package.data, text, how))
            yield from self._add(need, package, inner)
        elif package is not None and package.is_source and (paths := list(self._aliased(text))):
            yield from self._add(need, package, paths)
        else:
            name, subpath = split_name(text)
            found = self._package(need, name) if name and name not in PROVIDED else None
            if found is not None:
                meant = (found.path_of(target) for target in targets(found.data, subpath, how))
                yield from self._add(need, found, meant)

    def _aliased(self, text: str) -> Iterator[str]:
        return (path for path in self._aliases.meanings(text) if existing(self._folders, path))

    def _add(self, need: _Need, package: Package, paths: Iterable[str | None]) -> Iterator[_Need]:
        files = [file for path in paths if path is not None for file in self._variants(package, path)]
        verdicts = {file: self._admission.of_package_file(file) for file in files if file not in self.files}
        if Verdict.IGNORED in verdicts.values() and need.is_from_source:
            self._check_ignored(need, package, files, verdicts)
        for file, verdict in verdicts.items():
            if verdict is Verdict.ADMITTED:
                self.files[file] = None
        for file in files:
            if file in self.files and file not in self._whole:
                yield from self._take(need, package, file)

    def _take(self, need: _Need, package: Package, file: str) -> Iterator[_Need]:
        """Give what a file needs itself, for the sake of `need`."""
        text = self._text(file)
        try:
            yield from self._take_names(need, package, file, text)
        except Unclear:
            self._whole.add(file)
            self.narrowed.pop(file, None)
            for specifier in find_specifiers(file, text):
                yield _Need(package, file, specifier)

    def _take_names(self, need: _Need, package: Package, file: str, text: str) -> Iterator[_Need]:
        """Do the same for a barrel of which it is clear what is taken; raise `Unclear` for any other file."""
        if need.specifier.how is not How.IMPORT or not package.is_free_of_effects:
            raise Unclear
        if not self._barrels.is_barrel(file, text):
            raise Unclear
        names = need.names
        if names is None:
            names = names_taken(self._text(need.path), need.specifier.text)
        if names is None:
            raise Unclear
        known = self.narrowed.get(file, {})
        origins = {name: self._barrels.origin(file, name) for name in names if name not in known}
        self.narrowed[file] = {**known, **origins}
        for origin in filter(None, origins.values()):
            specifier = Specifier(origin.source, How.IMPORT)
            yield _Need(package, file, specifier, frozenset({origin.name}))

    def _text(self, path: str) -> str:
        return (read_inside(self._confines, path, SOURCE_TEXT_BYTES) or b"").decode("utf-8", "replace")

    def _only(self, importer: str, reference: str) -> str | None:
        """Give the file that a relative reference means, if there is one alone."""
        path = join(posixpath.dirname(importer), reference)
        found = existing(self._folders, path) if path is not None and reference.startswith(".") else []
        return found[0] if len(found) == 1 else None

    def _check_ignored(
        self, need: _Need, package: Package, files: list[str], verdicts: dict[str, Verdict]
    ) -> None:
        """Raise if all that an import could mean is ignored, as what a package's own build makes often is."""
        if not self._certain or any(verdicts.get(each) in (None, Verdict.ADMITTED) for each in files):
            return
        inner = files[0].removeprefix(f"{package.folder}/")
        first, slash, _ = inner.partition("/")
        raise PathRefused(
            f"{need.path} imports {need.specifier.text!r}, which is {files[0]}: an ignore list excludes that "
            f"file (.gitignore, .hivesyncignore or the built-in one), so it is not sent. To send it all the "
            f"same, write !/{first}{slash} into {package.folder}/.hivesyncignore."
        )

    def _variants(self, package: Package, path: str) -> list[str]:
        found = existing(self._folders, path)
        inner = (each.removeprefix(f"{package.folder}/") for each in found)
        others = [
            package.path_of(other) for each in inner for other in browser_alternatives(package.data, each)
        ]
        return [*found, *(file for other in others if other for file in existing(self._folders, other))]

    def _package(self, need: _Need, name: str) -> Package | None:
        for installed in _lookups(posixpath.dirname(need.path), name):
            folder = self._folder(need, installed)
            if folder is not None:
                if folder != installed:
                    self.links[installed] = folder
                return self._at(folder)
        if need.package is None:
            self.absent.add(name)
        return None

    def _folder(self, need: _Need, installed: str) -> str | None:
        """Give the folder of a package that lies, or is linked, at a place where Node looks for it."""
        if self._confines.part_of(installed) is None:
            return None
        try:
            real = real_path(self._confines, installed).as_posix()
        except PathRefused as exc:
            if need.is_from_source and self._certain:
                raise leads_out(
                    *(need.path, need.specifier.text, installed), self._confines, self._place
                ) from exc
            return None
        except (OSError, RuntimeError):
            return None
        return real if real != "." and "package.json" in self._folders.files_in(real) else None

    def _at(self, folder: str) -> Package:
        if folder not in self._packages:
            settings = f"{folder}/package.json"
            data = {}
            if self._admission.of_package_file(settings) is Verdict.ADMITTED:
                self.files[settings] = None
                data = read_object(self._confines, settings, _PACKAGE_JSON_BYTES)
            self._packages[folder] = Package(folder, data, not is_installed(folder))
        return self._packages[folder]


def split_name(text: str) -> tuple[str, str]:
    """Give package name and path inside it; no name for what can't name a package (`@/x`, `node:fs`)."""
    parts = text.split("/")
    count = 2 if text.startswith("@") else 1
    name, rest = "/".join(parts[:count]), "/".join(parts[count:])
    is_name = len(parts) >= count and all(parts[:count]) and parts[0] != "@" and ":" not in name
    return (name, rest) if is_name and not name.startswith(("#", "~", ".")) else ("", "")


def _lookups(folder: str, name: str) -> Iterator[str]:
    """Give where Node looks for a package, nearest first (Node.js, "Loading from node_modules folders")."""
    parts = [part for part in folder.split("/") if part]
    for count in range(len(parts), -1, -1):
        if count and parts[count - 1] == "node_modules":
            continue
        yield "/".join((*parts[:count], "node_modules", name))


def hides_files(imports: Iterable[PackageImport], absent: Iterable[str]) -> bool:
    """Tell whether some import is neither a package nor a file: a pattern, or an alias that a tool's settings
    explain."""
    unknown = set(absent)
    return any(
        each.how is not How.URL
        and (each.how is How.GLOB or not (name := split_name(each.text)[0]) or name in unknown)
        for each in imports
    )
