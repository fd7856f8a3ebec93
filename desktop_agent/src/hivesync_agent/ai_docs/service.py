"""All AI documentation requests of this agent: ask, look, follow. Kept in memory only: a result that is
lost with the agent costs nothing to ask for again, since the backend keeps it by the file's hash."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from hivesync_contract.ai_docs import (
    AI_DOCS_FINAL_STATES,
    AiDocs,
    AiDocsCreate,
    AiDocsError,
    AiDocsProgressEvent,
    AiDocsState,
    LocalAiDocs,
    LocalAiDocsCreate,
)
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.events import EventType
from hivesync_contract.projects import Project

from hivesync_agent.ai_docs.context import Surroundings
from hivesync_agent.ai_docs.refusals import NotDocumented
from hivesync_agent.ai_docs.subject import Subject, find_subject
from hivesync_agent.problems import NotFound
from hivesync_agent.projects.links import Backend, ProjectLinks, Scope, is_gone
from hivesync_agent.projects.root import Roots

T = TypeVar("T")
KEPT = 50
_log = logging.getLogger("hivesync.ai_docs")


class AiDocsTimeout(HiveSyncError):
    """The backend never told an outcome."""

    code = ErrorCode.WORKER_TIMEOUT


class Whose(Protocol):
    """Tells who is signed in."""

    @property
    def known_user_id(self) -> str | None: ...

    async def scope(self) -> Scope: ...

    async def user_id(self) -> str | None: ...


class Events(Protocol):
    """Where progress is told."""

    def publish(self, event_type: str, payload: object) -> None: ...


class Tasks(Protocol):
    """Who owns background work."""

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]: ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long, and how often, the backend is asked."""

    poll_seconds: float = 1.0
    deadline_seconds: float = 600.0


class AiDocsRequests:
    """Owns the tasks and the last results."""

    def __init__(
        self,
        *,
        roots: Roots,
        whose: Whose,
        links: ProjectLinks,
        backend: Backend,
        surroundings: Surroundings,
        events: Events,
        tasks: Tasks,
        waiting: Waiting | None = None,
    ) -> None:
        self._roots = roots
        self._whose = whose
        self._links = links
        self._backend = backend
        self._surroundings = surroundings
        self._events = events
        self._tasks = tasks
        self._waiting = waiting or Waiting()
        self._requests: dict[str, LocalAiDocs] = {}
        self._user_ids: dict[str, str] = {}
        """Who asked, by the request's id."""
        self._running: dict[str, asyncio.Task[None]] = {}

    async def create(self, wanted: LocalAiDocsCreate) -> LocalAiDocs:
        """Begin a request. Raises why it can't even begin: not signed in, path, kind, size."""
        scope = await self._whose.scope()
        linked = [link.root for link in await self._links.linked(scope)]
        subject = await asyncio.to_thread(find_subject, self._roots, wanted, linked)
        request = LocalAiDocs(
            id=str(uuid.uuid4()),
            state=AiDocsState.PREPARING,
            root=str(subject.target.root),
            file=subject.path,
            sha256=subject.sha256,
            selection=subject.selection,
        )
        self._user_ids[request.id] = scope.user_id
        self._tell(request)
        self._drop_oldest()
        task = self._running[request.id] = self._tasks.spawn("ai-docs", self._run(request.id, scope, subject))
        task.add_done_callback(lambda _: self._running.pop(request.id, None))
        return request

    async def get(self, request_id: str) -> LocalAiDocs:
        """Give a request of the user's as it now is, or raise `NotFound`."""
        user_id = await self._whose.user_id()
        if request_id not in self._requests or self._user_ids[request_id] != user_id:
            raise NotFound("There is no such request for AI documentation.")
        return self._requests[request_id]

    async def stop(self) -> None:
        """End all work; who wants a result asks again."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _run(self, request_id: str, scope: Scope, subject: Subject) -> None:
        try:
            context = await self._surroundings.of(subject)
            body = AiDocsCreate(subject.path, subject.sha256, subject.content, subject.selection, context)
            await self._follow(request_id, scope, await self._ask(request_id, scope, subject, body))
        except HiveSyncError as error:
            self._fail(request_id, AiDocsError(error.code, error.detail))
        except Exception:
            _log.exception("AI documentation broke", extra={"request": request_id})
            reason = AiDocsError(ErrorCode.INTERNAL_ERROR, "The agent failed; its log has the details.")
            self._fail(request_id, reason)

    async def _ask(self, request_id: str, scope: Scope, subject: Subject, body: AiDocsCreate) -> AiDocs:
        project_id = await self._links.project_of(scope, subject.target.root)
        try:
            return await self._post(request_id, scope, project_id, body)
        except HiveSyncError as error:
            if not is_gone(error):
                raise
        if await self._exists(scope, project_id):
            raise NotDocumented("This HiveSync server has no AI documentation yet.")
        # The project was deleted on the server: link the folder to a new one.
        await self._links.forget(scope, subject.target.root, project_id)
        project_id = await self._links.project_of(scope, subject.target.root)
        return await self._post(request_id, scope, project_id, body)

    async def _post(self, request_id: str, scope: Scope, project_id: str, body: AiDocsCreate) -> AiDocs:
        return await self._backend.call(
            "POST",
            f"/projects/{project_id}/ai-docs",
            body=body,
            decode=AiDocs,
            idempotency_key=f"{request_id}.{project_id}",
            user_id=scope.user_id,
        )

    async def _exists(self, scope: Scope, project_id: str) -> bool:
        path = f"/projects/{project_id}"
        try:
            await self._backend.call("GET", path, decode=Project, user_id=scope.user_id)
        except HiveSyncError as error:
            if not is_gone(error):
                raise
            return False
        return True

    async def _follow(self, request_id: str, scope: Scope, docs: AiDocs) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._waiting.deadline_seconds
        self._hear(request_id, docs)
        while docs.state not in AI_DOCS_FINAL_STATES:
            if loop.time() > ends:
                raise AiDocsTimeout("The AI documentation did not come in time; ask again.")
            await asyncio.sleep(self._waiting.poll_seconds)
            path = f"/projects/{docs.project_id}/ai-docs/{docs.id}"
            try:
                docs = await self._backend.call("GET", path, decode=AiDocs, user_id=scope.user_id)
            except HiveSyncError as error:
                if not error.retryable:
                    raise
                continue  # away for now; the job goes on without us
            self._hear(request_id, docs)

    def _hear(self, request_id: str, docs: AiDocs) -> None:
        request = replace(
            self._requests[request_id],
            state=docs.state,
            project_id=docs.project_id,
            result=docs.result,
            error=docs.error,
        )
        if request != self._requests[request_id]:
            self._tell(request)

    def _fail(self, request_id: str, reason: AiDocsError) -> None:
        self._tell(replace(self._requests[request_id], state=AiDocsState.FAILED, error=reason))

    def _tell(self, request: LocalAiDocs) -> None:
        self._requests[request.id] = request
        if self._whose.known_user_id in (None, self._user_ids[request.id]):
            self._events.publish(EventType.AI_DOCS_PROGRESS, AiDocsProgressEvent(request))

    def _drop_oldest(self) -> None:
        ended = [each.id for each in self._requests.values() if each.state in AI_DOCS_FINAL_STATES]
        for request_id in ended[: max(0, len(self._requests) - KEPT)]:
            with contextlib.suppress(KeyError):
                del self._requests[request_id], self._user_ids[request_id]
