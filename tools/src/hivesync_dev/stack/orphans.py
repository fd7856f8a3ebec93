"""Collect the grandchildren that a child leaves behind when it ends: on Linux they become ours, else init's.

A container often has an init that collects nothing; what was killed would stay listed there as defunct.
"""

from __future__ import annotations

import ctypes
import os
import sys

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """From now on be the parent of every descendant whose own parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def collect_orphans() -> None:
    """Collect the exit of all children that have ended. Only when no other code waits for a child."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return
