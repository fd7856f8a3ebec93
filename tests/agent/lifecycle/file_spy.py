"""Notes with which mode each file and folder of a process, and of its children, begins its life.

Python imports it at start where its folder is in `PYTHONPATH`, under the name `sitecustomize`. It looks at
what was just made before anything is written to it, so no file escapes by being tightened a moment later.
"""

from __future__ import annotations

import builtins
import io
import os
import stat
from typing import Any

_ROOT = os.environ["FILE_SPY_ROOT"]
_REPORT = os.environ["FILE_SPY_REPORT"]
_real_open, _real_os_open, _real_mkdir = builtins.open, os.open, os.mkdir


def _note(path: object, info: os.stat_result) -> None:
    name = os.path.abspath(os.fspath(path))  # type: ignore[call-overload]
    if name.startswith(_ROOT):
        line = f"{stat.S_IMODE(info.st_mode):o} {name}\n".encode()
        descriptor = _real_os_open(_REPORT, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(descriptor, line)
        os.close(descriptor)


def _os_open(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
    descriptor = _real_os_open(path, flags, mode, dir_fd=dir_fd)
    if flags & os.O_CREAT and dir_fd is None:
        _note(path, os.fstat(descriptor))
    return descriptor


def _open(file: Any, mode: str = "r", *args: Any, **more: Any) -> Any:
    opened = _real_open(file, mode, *args, **more)
    if not isinstance(file, int) and set("wax+") & set(mode):
        _note(file, os.fstat(opened.fileno()))
    return opened


def _mkdir(path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
    _real_mkdir(path, mode, dir_fd=dir_fd)
    if dir_fd is None:
        _note(path, os.stat(path))


builtins.open = io.open = _open
os.open, os.mkdir = _os_open, _mkdir
