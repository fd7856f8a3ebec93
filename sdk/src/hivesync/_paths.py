"""Path segments made from ids, so that no id can name another route; and absolute paths of files."""

from __future__ import annotations

import os
from urllib.parse import quote

from hivesync._call import CallInvalid


def segment(value: str) -> str:
    """Give the id as one path segment; raise `CallInvalid` for what is no id."""
    if value in ("", ".", ".."):
        raise CallInvalid(f"{value!r} is not an id.")
    return quote(value, safe="")


def absolute(path: str | os.PathLike[str]) -> str:
    """Give the path as the agent needs it, which has another working folder. Links are left to the agent."""
    return os.path.abspath(path)
