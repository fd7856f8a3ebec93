"""While the demo runs: wait for Ctrl-C, notice a part that ends, and renew the link when Enter is pressed."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Sequence

from hivesync_dev.demo.env_file import short_path
from hivesync_dev.demo.stopping import StopRequest
from hivesync_dev.stack.part import Part

_LOOK_SECONDS = 0.2


class PartEnded(Exception):
    """A part of the demo ended by itself, or somebody ended it."""


def check_parts(parts: Sequence[Part]) -> None:
    """Raise `PartEnded` for the first part that runs no more."""
    for part in parts:
        if not part.child.is_running():
            how = _how_it_ended(part.child.process.returncode)
            log = short_path(part.child.command.log)
            raise PartEnded(f"The {part.name} ended ({how}); see {log}")


def watch(parts: Sequence[Part], stop: StopRequest, on_enter: Callable[[], None] | None) -> None:
    """Return when a stop is asked for; raise `PartEnded`."""
    while not stop.wait(_LOOK_SECONDS):
        try:
            check_parts(parts)
        except PartEnded:
            if stop.wait(0):
                return  # asked to stop while we looked: whoever asked may have ended the part as well
            raise
        if on_enter is not None and _enter_pressed():
            on_enter()


def has_keyboard() -> bool:
    """Tell whether somebody may press Enter."""
    return sys.stdin is not None and sys.stdin.isatty()


def _enter_pressed() -> bool:
    descriptor = sys.stdin.fileno()
    # To read a terminal from the background (`make demo &`) would suspend this process.
    if os.tcgetpgrp(descriptor) != os.getpgrp() or not select.select([descriptor], [], [], 0)[0]:
        return False
    return b"\n" in os.read(descriptor, 4096)


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"signal {-code}"
