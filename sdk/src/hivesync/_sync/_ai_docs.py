# Generated from hivesync/_async by `make generate`; do not edit.
"""AI documentation of files on this machine, asked for through the agent."""

from __future__ import annotations

import os
import time

from hivesync_contract.ai_docs import (
    AI_DOCS_FINAL_STATES,
    LocalAiDocs,
    LocalAiDocsCreate,
    Selection,
)

from hivesync._call import new_call
from hivesync._errors import Offline
from hivesync._paths import absolute, segment
from hivesync._sync._concurrency import sleep
from hivesync._sync._router import Router

_PATH = "/v1/ai-docs"
_POLL_SECONDS = 0.3


class AiDocs:
    """`client.ai_docs`. Needs the agent: without it every call raises `AgentAbsent`."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def create(
        self,
        path: str | os.PathLike[str],
        *,
        content: str | None = None,
        selection: Selection | None = None,
    ) -> LocalAiDocs:
        """Ask for a file's documentation; `content` is its text where that is not saved."""
        body = LocalAiDocsCreate(absolute(path), content, selection)
        call = new_call("POST", _PATH, body=body)
        return (self._router.send(call)).raise_for_status().decode(LocalAiDocs)

    def get(self, request_id: str) -> LocalAiDocs:
        """Give a request as it now is."""
        call = new_call("GET", f"{_PATH}/{segment(request_id)}")
        return (self._router.send(call)).raise_for_status().decode(LocalAiDocs)

    def wait(self, request_id: str, *, deadline_seconds: float = 120.0) -> LocalAiDocs:
        """Give the request when it has ended, well or not; raise `Offline` when it takes too long."""
        end = time.monotonic() + deadline_seconds
        current = self.get(request_id)
        while current.state not in AI_DOCS_FINAL_STATES:
            if time.monotonic() >= end:
                raise Offline(f"There is no documentation after {deadline_seconds:g} s.")
            sleep(_POLL_SECONDS)
            current = self.get(request_id)
        return current
