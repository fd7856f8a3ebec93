"""Which paths a manifest may hold: what is refused here can't become an object name or a file elsewhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from hivesync_contract.limits import PATH_BYTES


def checked_path(path: str) -> str:
    """Give `path` back if it is relative, normal and harmless on every system; else raise `ValueError`."""
    if "\\" in path or any(unicodedata.category(character) in {"Cc", "Cs"} for character in path):
        raise ValueError("must not have backslashes or control characters")
    if not path or len(path.encode()) > PATH_BYTES:
        raise ValueError(f"must have 1 to {PATH_BYTES} bytes")
    if unicodedata.normalize("NFC", path) != path:
        raise ValueError("must be in Unicode's NFC form")
    parts = path.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        raise ValueError("must be relative, without empty, '.' or '..' parts")
    if len(parts[0]) == 2 and parts[0][1] == ":":
        raise ValueError("must not begin with a drive letter")
    return path


def first_duplicate(paths: Iterable[str]) -> str | None:
    """Give the first path that stands twice. `A.ts` and `a.ts` are two files where they come from."""
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            return path
        seen.add(path)
    return None
