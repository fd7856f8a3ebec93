"""The Pythons of this machine, for what must run on others than the one of the development environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_MINORS = range(8, 16)
_QUESTION = "import ssl, sys; print(*sys.version_info[:2])"


@cache
def oldest_and_newest() -> tuple[Path, ...]:
    """Give the interpreters of the lowest and of the highest version from 3.8 on: two, or the only one."""
    found = {version: path for path in _candidates() if (version := _version(path)) is not None}
    ends = sorted(found)
    return tuple(found[version] for version in dict.fromkeys((ends[0], ends[-1])))


def _candidates() -> Iterator[Path]:
    yield Path(sys.executable)
    for minor in _MINORS:
        if path := shutil.which(f"python3.{minor}"):
            yield Path(path)
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from sorted(versions.glob("3.*/bin/python"))
    yield from sorted((Path.home() / ".local/share/uv/python").glob("cpython-3.*/bin/python3"))


def _version(python: Path) -> tuple[int, int] | None:
    """Ask the interpreter: a shim of pyenv has a name and runs nothing."""
    try:
        command = [str(python), "-c", _QUESTION]
        told = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.fullmatch(r"3 (\d+)\n", told.stdout) if told.returncode == 0 else None
    version = (3, int(match[1])) if match else None
    return version if version is not None and version[1] in _MINORS else None
