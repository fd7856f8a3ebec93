"""Go through a project's folders in a stable order. Follows no link that leads out, and into no loop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import PurePosixPath

from hivesync_contract.sources import SOURCE_SUFFIXES

from hivesync_agent.projects.admission import Admission, Verdict
from hivesync_agent.projects.confined import Identity, identity
from hivesync_agent.projects.refusals import SourceTooLarge

ASSET_SUFFIXES = frozenset(
    {
        *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp"),
        *(".ttf", ".otf", ".woff", ".woff2", ".eot"),
        *(".mp3", ".m4a", ".aac", ".wav", ".ogg", ".mp4", ".webm", ".mov", ".vtt"),
        *(".pdf", ".wasm", ".glb", ".gltf", ".bin", ".riv", ".lottie", ".webmanifest"),
    }
)

SHOWN_SUFFIXES = SOURCE_SUFFIXES | ASSET_SUFFIXES
"""What an app can be made of; the rest of a folder (archives, databases, dumps) is never looked at."""

_MAX_VISITED = 200_000
_MAX_DEPTH = 40
_MAX_SKIPPED = 100


class Walk:
    """One pass over a project, from the folder `place` on. `skipped` is what may be a secret, left out.

    `met_link_out` tells that a link was passed over, which some file may need. Paths are relative to the
    base of the project's confines.
    """

    def __init__(self, admission: Admission, place: str = "") -> None:
        self._admission = admission
        self._place = place
        self._visited = 0
        self.skipped: list[str] = []
        self.met_link_out = False

    def files(self) -> Iterator[str]:
        """Give the admitted files of known types, as the disk spells them."""
        return self._below(self._place, ())

    def _below(self, folder: str, outer: tuple[Identity, ...], *, linked: bool = False) -> Iterator[str]:
        here = identity(self._admission.confines.base / folder)
        if here is None or here in outer or len(outer) >= _MAX_DEPTH:
            return
        for child in self._children(folder):
            relative = f"{folder}/{child.name}" if folder else child.name
            is_link = linked or child.is_symlink()
            if not self._admits(child, relative, is_link=is_link):
                continue
            if _is_folder(child):
                yield from self._below(relative, (*outer, here), linked=is_link)
            elif PurePosixPath(child.name).suffix.lower() in SHOWN_SUFFIXES and _is_file(child):
                yield relative

    def _children(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._admission.confines.base / folder) as entries:
                children = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return []  # gone, or not ours to read: as if it were not there
        self._visited += len(children)
        if self._visited > _MAX_VISITED:
            raise SourceTooLarge(
                f"The project holds more than {_MAX_VISITED:,} files; name what is not part of the app in "
                "a .hivesyncignore file."
            )
        return children

    def _admits(self, child: os.DirEntry[str], relative: str, *, is_link: bool) -> bool:
        """Judge an entry. What lies in a linked folder is judged by where it really is, too."""
        is_folder = _is_folder(child)
        verdict = self._admission.of_child(relative, is_folder=is_folder, is_link=is_link)
        if verdict is Verdict.SECRET and len(self.skipped) < _MAX_SKIPPED:
            self.skipped.append(f"{relative}/" if is_folder else relative)
        self.met_link_out |= is_link and verdict is Verdict.OUTSIDE
        return verdict is Verdict.ADMITTED


def _is_folder(child: os.DirEntry[str]) -> bool:
    try:
        return child.is_dir()
    except OSError:
        return False


def _is_file(child: os.DirEntry[str]) -> bool:
    """Tell whether it is a regular file: never a pipe, socket or device, which could block or never end."""
    try:
        return child.is_file()
    except OSError:
        return False
