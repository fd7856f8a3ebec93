"""Ask a child process for a file's context. Its failure costs the context, never the request."""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import dataclass

import msgspec
from hivesync_contract.ai_docs import AiDocsContext

from hivesync_agent.ai_docs.subject import Subject
from hivesync_agent.projects.index.service import child_environment
from hivesync_agent.projects.root import Roots

_DEADLINE_SECONDS = 10.0
_log = logging.getLogger("hivesync.ai_docs")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Finds the context of a file that the user asked about."""

    roots: Roots

    async def of(self, subject: Subject) -> AiDocsContext:
        """Give the context; an empty one if it can't be had in time."""
        question = {
            "root": str(subject.target.root),
            "top": str(subject.target.top),
            "own": [str(folder) for folder in self.roots.own_folders],
            "disk": subject.disk,
            "content": subject.content,
        }
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                return msgspec.json.decode(await _run(msgspec.json.encode(question)), type=AiDocsContext)
        except (OSError, TimeoutError, msgspec.MsgspecError) as error:
            _log.warning("no context of a file", extra={"error": type(error).__name__})
            return AiDocsContext()


async def _run(question: bytes) -> bytes:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", "hivesync_agent.ai_docs.child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=child_environment(),
    )
    try:
        out, _ = await child.communicate(question)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return out
