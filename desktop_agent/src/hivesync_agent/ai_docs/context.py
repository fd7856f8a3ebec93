"""Ask a child process for a file's context. Its failure costs the context, never the request."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import msgspec
from hivesync_contract.ai_docs import AiDocsContext

from hivesync_agent.ai_docs.subject import Subject
from hivesync_agent.child_process import ChildFailed, run_child
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
            found = await run_child(
                "hivesync_agent.ai_docs.child",
                order=msgspec.json.encode(question),
                deadline_seconds=_DEADLINE_SECONDS,
            )
            return msgspec.json.decode(found, type=AiDocsContext)
        except (ChildFailed, msgspec.MsgspecError) as error:
            _log.warning("no context of a file", extra={"error": type(error).__name__})
            return AiDocsContext()
