"""A process whose files and memory are its user's alone."""

from __future__ import annotations

import os
import sys


def keep_private() -> None:
    """From now on, of this process and its children: no file for anybody else, and no memory on disk."""
    # Databases and folders between ours, which no call of ours opens, are covered as well.
    os.umask(0o077)
    if sys.platform != "win32":
        import resource

        # A core file would hold the session's tokens, and lie where nobody looks for secrets.
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
