"""Which files a relative import may mean, on any platform. Looks below the root only; decides for none.

The build picks one of them (`button.ios.tsx` over `button.tsx`); here every variant that exists counts,
so that the phone's platform can change without another upload.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

_SUFFIXES = (".tsx", ".ts", ".jsx", ".js", ".mjs", ".cjs", ".mts", ".cts", ".json", ".css")
_PLATFORMS = ("", ".ios", ".android", ".native", ".web")
_SCALES = ("@1x", "@1.5x", "@2x", "@3x", "@4x")
_TYPESCRIPT_OF = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}


def join(folder: str, reference: str) -> str | None:
    """Give the path that `reference` means in `folder`; None if it leads above the root."""
    path = posixpath.normpath(posixpath.join(folder, reference))
    return None if path == ".." or path.startswith(("../", "/")) else path


def existing(root: Path, path: str) -> list[str]:
    """Give the files that an import of `path` may mean: itself, with an ending, a variant, or its index."""
    direct = [candidate for candidate in _candidates(path) if _is_file(root, candidate)]
    if direct or not os.path.isdir(root / path):
        return direct
    return [candidate for candidate in _candidates(f"{path}/index") if _is_file(root, candidate)]


def _candidates(path: str) -> Iterator[str]:
    stem, suffix = posixpath.splitext(path)
    for platform in _PLATFORMS:
        yield f"{stem}{platform}{suffix}"
        for added in _SUFFIXES:
            yield f"{path}{platform}{added}"
        for typescript in _TYPESCRIPT_OF.get(suffix, ()):
            yield f"{stem}{platform}{typescript}"
    if suffix in (".png", ".jpg", ".jpeg", ".gif", ".webp"):
        # React Native's own naming of an image's densities.
        yield from (f"{stem}{scale}{suffix}" for scale in _SCALES)


def _is_file(root: Path, path: str) -> bool:
    return os.path.isfile(root / path)
