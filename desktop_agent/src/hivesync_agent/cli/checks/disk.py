"""Is there room, and may we write? A full disk shows in many places, and seldom says so itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from hivesync_agent.cli.checks.check import Machine
from hivesync_agent.cli.checks.finding import Seen, note, ok, wrong

_PROBE_BYTES = 256 * 1024
_LOW_BYTES = 100 * 1000 * 1000


def check_disk(machine: Machine) -> Seen:
    """Write and remove a file where the agent writes: free space alone knows no quota and no rights."""
    places = machine.client.locations
    folders = dict.fromkeys(map(_existing, (places.state, places.log, places.runtime)))
    for folder in folders:
        try:
            _write(folder)
        except OSError as error:
            return wrong(
                f"nothing can be written in {folder} ({error.strerror})",
                f"Make room on the disk of {folder}, or look at its quota and rights; then "
                "`hivesync agent restart`.",
            )
    lowest = min(folders, key=lambda folder: shutil.disk_usage(folder).free)
    free = shutil.disk_usage(lowest).free
    if free < _LOW_BYTES:
        return note(f"only {free / 1e6:.0f} MB are free at {lowest}", "Make room before it is full.")
    return ok(f"{free / 1e9:.1f} GB free")


def _write(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder, prefix=".hivesync-doctor-", buffering=0) as file:
        written = 0
        while written < _PROBE_BYTES:
            written += file.write(bytes(_PROBE_BYTES - written))
        os.fsync(file.fileno())


def _existing(folder: Path) -> Path:
    """Give the folder, or what will hold it."""
    return next(each for each in (folder, *folder.parents) if each.exists())
