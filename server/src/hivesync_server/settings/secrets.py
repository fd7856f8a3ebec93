"""Secrets: a value that no log or traceback can show, and the ones `local` makes up for itself."""

from __future__ import annotations

import json
import os
import secrets as random
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A string that has to be asked for by name: `str`, `repr` and logs never show it."""

    _value: str

    def reveal(self) -> str:
        """Give the secret itself."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(•••)" if self._value else "Secret(unset)"

    __str__ = __repr__


def local_secret(folder: Path, name: str) -> str:
    """Give this machine's secret `name`, made at the first start and kept in `folder` (0600 in 0700)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name.lower()}.secret"
    if not path.exists():
        _create_once(path, json.dumps({name: random.token_urlsafe(48)}))
    return str(json.loads(path.read_text("utf-8"))[name])


def _create_once(path: Path, text: str) -> None:
    # A hard link fails when the name exists, so of two servers started at once one value wins, whole.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    except OSError as error:
        error.filename = str(path)  # a full disk names no file by itself
        raise
    finally:
        os.unlink(temporary)
