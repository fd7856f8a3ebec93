"""Work for a process of its own: its memory goes back when it ends, and a time limit really ends it.

A child starts with next to nothing of our environment, which may hold secrets. Nothing it says on stderr
goes further than one line in our log.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Mapping

_NEEDED = ("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "APPDATA")
"""Python looks for itself and for packages of this user with these."""

_TOLD_CHARACTERS = 200
_log = logging.getLogger("hivesync.child")


class ChildFailed(Exception):
    """It did not start, or ended without an answer, or took too long; the log has the reason."""


async def run_child(
    module: str,
    *arguments: str,
    order: bytes = b"",
    deadline_seconds: float,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run a module of ours, give it `order` on stdin, and return its stdout; raise `ChildFailed`."""
    try:
        async with asyncio.timeout(deadline_seconds):
            return await _run(module, arguments, order, environment or _environment())
    except (OSError, TimeoutError, ChildFailed) as error:
        reason = f"took over {deadline_seconds:g} s" if isinstance(error, TimeoutError) else str(error)
        _log.warning("child process failed", extra={"module_name": module, "reason": reason})
        raise ChildFailed(reason) from error


async def _run(
    module: str, arguments: tuple[str, ...], order: bytes, environment: Mapping[str, str]
) -> bytes:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", module, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environment),  # uvloop takes no other mapping
    )
    try:
        out, err = await child.communicate(order)
    finally:
        if child.returncode is None:
            child.kill()
        # Not `wait`: its pipes would outlive a loop that ends now.
        await child.communicate()
    if child.returncode != 0:
        said = err.decode("utf-8", "replace").strip().rpartition("\n")[2][:_TOLD_CHARACTERS]
        raise ChildFailed(said or f"ended with {child.returncode}")
    return out


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _NEEDED if name in os.environ}
