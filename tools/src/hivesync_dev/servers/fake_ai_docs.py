"""A backend that documents files, for tests of its clients: the contract's AI documentation on a real socket.

It explains nothing: what it gives back names what it was asked.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import msgspec
from aiohttp import web
from hivesync_contract.ai_docs import (
    AiDocs,
    AiDocsCreate,
    AiDocsError,
    AiDocsResult,
    AiDocsState,
    Explanation,
)
from hivesync_contract.errors import ErrorCode

from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.json_answers import json_answer, problem_answer


@dataclass(slots=True)
class FakeAiDocs(FakePreviews):
    """`absent` makes it a backend that has no such routes; `outcome_error` makes jobs fail."""

    asked: list[AiDocsCreate] = field(default_factory=list)
    docs: dict[str, AiDocs] = field(default_factory=dict)
    absent: bool = False
    outcome_error: AiDocsError | None = None

    def _routes(self) -> Iterable[web.RouteDef]:
        docs = "/api/v1/projects/{pid}/ai-docs"
        yield web.post(docs, self._ask)
        yield web.get(f"{docs}/{{id}}", self._show_docs)
        yield from FakePreviews._routes(self)

    async def _ask(self, request: web.Request) -> web.Response:
        async def make(content: bytes) -> web.Response:
            body = msgspec.json.decode(content, type=AiDocsCreate)
            if hashlib.sha256(body.content.encode()).hexdigest() != body.sha256:
                raise AssertionError("the hash is not that of the content")
            self.asked.append(body)
            docs = AiDocs(
                *(str(uuid.uuid4()), request.match_info["pid"], body.path, body.sha256),
                state=AiDocsState.QUEUED,
                created_at=datetime(2026, 11, 23, tzinfo=UTC),
            )
            self.docs[docs.id] = docs
            return json_answer(docs, 202)

        if self.absent:
            return problem_answer(ErrorCode.NOT_FOUND, "There is no such route.")
        return await self._once(request, make)

    async def _show_docs(self, request: web.Request) -> web.Response:
        docs = self.docs[request.match_info["id"]]
        if docs.state is AiDocsState.QUEUED:
            docs = replace(docs, state=AiDocsState.RUNNING)
        elif self.outcome_error is not None:
            docs = replace(docs, state=AiDocsState.FAILED, error=self.outcome_error)
        else:
            docs = replace(docs, state=AiDocsState.READY, result=_result(docs))
        self.docs[docs.id] = docs
        return json_answer(docs)


def _result(docs: AiDocs) -> AiDocsResult:
    return AiDocsResult(
        summary=f"What {docs.path} is for.",
        key_concepts=["hashing"],
        explanations=[Explanation("App", 1, 2, "The app.")],
        engine="outline",
        suggested_diff="--- a\n+++ b\n",
    )
