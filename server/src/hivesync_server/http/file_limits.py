"""Every open stream is an open file, and systems begin with a limit that suits a shell."""

from __future__ import annotations

import logging
import sys

_WANTED = 65_536
_logger = logging.getLogger(__name__)


def raise_file_limit() -> None:
    """Let this process open as many files as the system allows it, up to what it can use."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        _logger.warning("limit of open files not raised", extra={"limit": soft})
