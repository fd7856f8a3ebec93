"""How many files and sockets the process may have open."""

from __future__ import annotations

import contextlib
import sys

OPEN_FILES = 4096
"""512 clients, as many connections to the backend, and what an index reads, with plenty to spare."""


def raise_file_limit() -> None:
    """Let this process open `OPEN_FILES`, or as many as the user may. macOS begins with 256, most Linux with
    1024: fewer than our clients and their connections to the backend.
    """
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with contextlib.suppress(ValueError, OSError):  # it works as well as the system lets it
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
