"""Can files be watched, and which projects are not? Where not, saves are noticed later, and at more cost."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from hivesync_agent.cli.checks.check import Machine
from hivesync_agent.cli.checks.finding import Seen, note, ok

_LIMITS = {
    errno.ENOSPC: ("folders", "max_user_watches", 524_288),
    errno.EMFILE: ("programs that watch", "max_user_instances", 512),
}


def check_file_events(machine: Machine) -> Seen | None:
    """Begin a watch and end it; on Linux all programs of a user share the limits."""
    if sys.platform != "linux":
        return _polled(machine)
    error = _watch_once()
    if error is None:
        return _polled(machine) or ok("the system tells when files change")
    if error.errno not in _LIMITS:
        raise error
    what, setting, value = _LIMITS[error.errno]
    limit = _limit(setting)
    return note(
        f"the system's limit of {what} is reached{f' ({limit})' if limit else ''}: projects are only looked "
        "at now and then",
        f"`sudo sysctl fs.inotify.{setting}={value}`, and the same line in /etc/sysctl.d/ to keep it.",
    )


def _watch_once() -> OSError | None:
    from inotify_simple import INotify, flags

    try:
        with INotify() as inotify:
            inotify.add_watch("/", flags.DELETE_SELF)
    except OSError as error:
        return error
    return None


def _polled(machine: Machine) -> Seen | None:
    polled = machine.status.polled_projects if machine.status else []
    if not polled:
        return None
    names = ", ".join(project.root for project in polled)
    return note(f"{names}: looked at only now and then", polled[0].reason)


def _limit(setting: str) -> str:
    try:
        return Path(f"/proc/sys/fs/inotify/{setting}").read_text().strip()
    except OSError:
        return ""
