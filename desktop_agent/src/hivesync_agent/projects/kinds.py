"""Tell what a project is and where it starts. Refuses what a phone's browser can't show, saying why."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from hivesync_contract.previews import PreviewKind

from hivesync_agent.projects.asked import as_listed
from hivesync_agent.projects.confined import read_inside
from hivesync_agent.projects.foreign import FOREIGN_FILES, FOREIGN_PACKAGES, FOREIGN_SUFFIXES, Foreign
from hivesync_agent.projects.refusals import PathInvalid, PathRefused, Unsupported
from hivesync_agent.projects.root import Target
from hivesync_agent.projects.shown import WHAT_CAN

_MANIFEST_BYTES = 1024 * 1024
_SCRIPT_BYTES = 64 * 1024
_SCRIPTS = (".tsx", ".ts", ".jsx", ".js")
_APPS = ("App", "src/App", "app/App")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is shown: `entry` is relative to the root, `title` is for people."""

    kind: PreviewKind
    entry: str
    title: str


KIND_OF_SUFFIX: dict[str, PreviewKind] = {
    **dict.fromkeys((".html", ".htm"), PreviewKind.WEB),
    **dict.fromkeys((".md", ".markdown"), PreviewKind.MARKDOWN),
    **dict.fromkeys(
        (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp"), PreviewKind.IMAGE
    ),
    **dict.fromkeys(_SCRIPTS, PreviewKind.COMPONENT),
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `package.json` says, as far as it matters here; empty when there is none."""

    name: str
    main: str
    packages: frozenset[str]

    @classmethod
    def read(cls, root: Path) -> Manifest:
        """Read the project's `package.json`; one that is broken says nothing, its build will tell."""
        data = _read_json(root, "package.json")
        packages: set[str] = set()
        for field in ("dependencies", "devDependencies", "peerDependencies"):
            section = data.get(field)
            packages.update(section if isinstance(section, dict) else ())
        return cls(_text(data.get("name")), _text(data.get("main")), frozenset(packages))


def identify(target: Target, entry: str | None = None) -> Subject:
    """Give what to show; `entry` is the caller's choice. Raise `Unsupported`, `PathInvalid`, `PathRefused`.

    Reads a few small files only, so the answer comes before anything is scanned.
    """
    manifest = Manifest.read(target.root)
    if entry is not None:
        return _of_entry(target.root, manifest, _inside(target.root, entry))
    if target.focus is not None and (target.loose or not _belongs_to_project(target.focus)):
        return _of_entry(target.root, manifest, target.focus)
    return _of_project(target.root, manifest) or _of_focus(target, manifest)


def _belongs_to_project(focus: str) -> bool:
    """A source file stands for the app it is part of; a page, text or image stands for itself."""
    kind = KIND_OF_SUFFIX.get(PurePosixPath(focus).suffix.lower(), PreviewKind.COMPONENT)
    return kind is PreviewKind.COMPONENT


def _of_entry(root: Path, manifest: Manifest, entry: str) -> Subject:
    suffix = PurePosixPath(entry).suffix.lower()
    if foreign := FOREIGN_SUFFIXES.get(suffix):
        raise _unsupported(foreign)
    kind = KIND_OF_SUFFIX.get(suffix)
    if kind is None:
        raise Unsupported(f"{entry} can't be shown. What can: {WHAT_CAN}.")
    if kind is PreviewKind.COMPONENT and (whole := _app_around(root, manifest)) and whole.entry == entry:
        return whole
    return Subject(kind, entry, PurePosixPath(entry).name)


def _app_around(root: Path, manifest: Manifest) -> Subject | None:
    """Give the app that a component belongs to; raise only where not even the component can be shown."""
    try:
        return _of_project(root, manifest)
    except Unsupported:
        foreign = _foreign(root, manifest)
        if foreign is not None and not foreign.components:
            raise
        return None


def _of_project(root: Path, manifest: Manifest) -> Subject | None:
    title = _title(root, manifest)
    if manifest.packages & {"react-native", "expo"}:
        return Subject(PreviewKind.REACT_NATIVE, _native_entry(root, manifest), title)
    if foreign := _foreign(root, manifest):
        raise _unsupported(foreign)
    if (root / "index.html").is_file():
        return Subject(PreviewKind.WEB, "index.html", title)
    return None


def _of_focus(target: Target, manifest: Manifest) -> Subject:
    """A file of a project that has no start of its own, such as a library of components."""
    if target.focus is None:
        place = target.root.name or target.root
        raise Unsupported(f"There is nothing to show in {place}. What can be shown: {WHAT_CAN}.")
    return _of_entry(target.root, manifest, target.focus)


def _native_entry(root: Path, manifest: Manifest) -> str:
    main = manifest.main.removeprefix("./")
    if main.startswith("expo-router/"):
        raise Unsupported(
            "This is an Expo Router app, which can't be previewed: "
            "its routes are collected by Metro, which the preview does not run."
        )
    # Expo's own AppEntry only imports App from the project's root, so App is where it starts.
    starts = [main] if main and "AppEntry" not in main else []
    for name in (*starts, "index", *_APPS):
        if found := _script(root, name):
            return _registered(root, found)
    raise Unsupported("This React Native project has no index.js and no App.tsx to start from.")


def _registered(root: Path, entry: str) -> str:
    """Give App instead of Expo's index, which does nothing but hand App to Expo's native half."""
    text = read_inside(root, entry, _SCRIPT_BYTES) or b""
    if b"registerRootComponent" not in text:
        return entry
    return next((app for name in _APPS if (app := _script(root, name))), entry)


def _script(root: Path, name: str) -> str | None:
    """Give the file that `name` means in package.json: as it stands, or with a script's ending."""
    for candidate in (name, *(name + suffix for suffix in _SCRIPTS)):
        if PurePosixPath(candidate).suffix in _SCRIPTS and _is_inside(root, candidate):
            return PurePosixPath(candidate).as_posix()
    return None


def _foreign(root: Path, manifest: Manifest) -> Foreign | None:
    for package, foreign in FOREIGN_PACKAGES.items():
        if package in manifest.packages:
            return foreign
    if (root / "index.html").is_file():
        return None
    for pattern, foreign in FOREIGN_FILES.items():
        if next(root.glob(pattern), None) is not None:
            return foreign
    return None


def _unsupported(foreign: Foreign) -> Unsupported:
    return Unsupported(f"This is {foreign.name}, which can't be previewed: {foreign.reason}.")


def _inside(root: Path, entry: str) -> str:
    path = PurePosixPath(entry.replace(os.sep, "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or Path(entry).is_absolute():
        raise PathInvalid("The entry must be a path inside the project, relative to its root.")
    if not _is_inside(root, path.as_posix()):
        raise PathInvalid(f"The entry {entry} is not a file of the project {root.name}.")
    return as_listed(root, path.as_posix())


def _is_inside(root: Path, relative: str) -> bool:
    try:
        real = (root / relative).resolve(strict=True)
    except (OSError, ValueError):
        return False
    if not real.is_relative_to(root):
        raise PathRefused(f"{relative} leads out of the project {root.name}, so it is not read.")
    return real.is_file()


def _title(root: Path, manifest: Manifest) -> str:
    app = _read_json(root, "app.json")
    expo = app.get("expo")
    names = (_text(expo.get("name")) if isinstance(expo, dict) else "", _text(app.get("displayName")))
    return next((name for name in (*names, manifest.name) if name), root.name)[:120]


def _read_json(root: Path, name: str) -> dict[str, Any]:
    content = read_inside(root, name, _MANIFEST_BYTES)
    try:
        data = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _text(value: object) -> str:
    """Give one printable line; a title goes into pages and notifications."""
    return " ".join(value.split()) if isinstance(value, str) and value.isprintable() else ""
