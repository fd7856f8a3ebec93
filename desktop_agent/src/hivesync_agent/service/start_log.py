"""What an agent prints before it has its log, such as why it can't start: one small file per profile."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from hivesync.locations import Locations

LIMIT_BYTES = 64 * 1024


def start_log(locations: Locations, profile: str) -> Path:
    """Give the file."""
    return locations.log / f"agent.{profile}.start.log"


def cut_start_log(path: Path) -> None:
    """Keep the end of what earlier starts have printed, if this process prints there and it is too much.

    launchd opens the file to append and never rotates it: an agent that can't start would fill it for as
    long as nobody looks. Any other file that the user may have chosen for the output is left alone.
    """
    if sys.stderr is None:
        return  # pythonw.exe has none
    try:
        info = os.fstat(sys.stderr.fileno())
        if info.st_size <= LIMIT_BYTES or not stat.S_ISREG(info.st_mode):
            return
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return  # there is no such file, so this is not where the output goes
    with os.fdopen(descriptor, "r+b") as file:
        if not os.path.samestat(info, os.fstat(descriptor)):
            return
        file.seek(-LIMIT_BYTES // 2, os.SEEK_END)
        kept = file.read().partition(b"\n")[2]
        file.seek(0)
        file.write(kept)
        file.truncate()
