"""All previews of this agent: start, look, cancel, continue after a restart."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from typing import Any, Protocol

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.events import EventType, PreviewProgressEvent
from hivesync_contract.limits import PREVIEW_OPEN_SECONDS
from hivesync_contract.local_api import LocalPreview, LocalPreviewCreate
from hivesync_contract.local_diagnostics import PreviewDiagnosticsEvent
from hivesync_contract.previews import Preview

from hivesync_agent.previews.account import Account
from hivesync_agent.previews.flow import Flow
from hivesync_agent.previews.follow import Published
from hivesync_agent.previews.live import check_live
from hivesync_agent.previews.record import Record
from hivesync_agent.previews.store import KEPT_FINISHED, PreviewStore
from hivesync_agent.previews.tracked import Tracked
from hivesync_agent.previews.view import Views
from hivesync_agent.problems import NotFound
from hivesync_agent.projects.links import Backend, ProjectLinks, is_gone
from hivesync_agent.projects.scan import Scanner
from hivesync_agent.projects.shown import check_shown

LINK_SECONDS = 1.5
"""How long a request waits for the phone link, so that most clients get it in the first answer."""

LINK_FRESH_SECONDS = PREVIEW_OPEN_SECONDS / 2
"""A link older than this is asked for anew, so that the phone has time to open it."""

ANSWER_SECONDS = 10.0
_log = logging.getLogger("hivesync.previews")


class KeyReused(HiveSyncError):
    """The Idempotency-Key belongs to another request."""

    code = ErrorCode.IDEMPOTENCY_CONFLICT


class Events(Protocol):
    """Where progress is told."""

    def publish(self, event_type: str, payload: object) -> None: ...


class Tasks(Protocol):
    """Who owns background work."""

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]: ...


class Previews:
    """Owns the tasks and records of previews; `listen` gives a stream of the bus's events."""

    def __init__(
        self,
        *,
        scanner: Scanner,
        account: Account,
        backend: Backend,
        links: ProjectLinks,
        flow: Flow,
        store: PreviewStore,
        events: Events,
        tasks: Tasks,
        listen: Callable[[], AsyncIterator[Published]],
    ) -> None:
        self._scanner = scanner
        self._account = account
        self._backend = backend
        self._links = links
        self._flow = flow
        self._store = store
        self._events = events
        self._tasks = tasks
        self._listen = listen
        self._views = Views()
        self._keyed = asyncio.Lock()
        self._previews: dict[str, Tracked] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._background: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen, and continue what an earlier run of the agent left."""
        self._background = [
            self._tasks.spawn("preview-events", self._hear()),
            self._tasks.spawn("preview-resume", self._resume()),
        ]

    async def stop(self) -> None:
        """End all work, in order; what is unfinished continues with the next start."""
        tasks = [*self._running.values(), *self._background]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def pending(self) -> int:
        """Give the number of previews that are being made; a live one that waits for a save is not."""
        return sum(not self._previews[each].record.is_settled for each in self._running)

    async def create(self, request: LocalPreviewCreate, request_key: str = "") -> LocalPreview:
        """Start a preview. Raises why it can't even begin: not signed in, offline, path, kind, disk full."""
        async with self._keyed if request_key else contextlib.nullcontext():
            tracked = await self._begin(request, request_key)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINK_SECONDS):
                await tracked.until_link()
        return self._views.view(tracked.record)

    async def list(self) -> list[LocalPreview]:
        """Give the user's previews, newest first; the codes of old ones come with `get` only."""
        user_id = await self._account.user_id()
        newest_first = reversed(self._previews.values())
        return [self._views.view(each.record) for each in newest_first if each.record.is_of(user_id)]

    async def get(self, preview_id: str) -> LocalPreview:
        """Give one preview, with a link that can still be opened, or raise `NotFound`."""
        tracked = await self._find(preview_id)
        record = tracked.record
        if record.preview_id and time.time() - record.linked_at > LINK_FRESH_SECONDS:
            await self._renew_link(tracked)
        await self._views.prepare(tracked.record.preview_url)
        return self._views.view(tracked.record)

    async def stop_live(self, preview_id: str) -> LocalPreview:
        """End a live preview's versions, or raise `NotFound`; the last good one stays on the phone."""
        tracked = await self._find(preview_id)
        if tracked.record.live:
            await self._end(preview_id)
            await tracked.end_live()
            if not tracked.record.is_settled:
                # The version under way is made to its end, as that of any other preview.
                self._track(tracked.record, resumed=True)
        return self._views.view(tracked.record)

    async def cancel(self, preview_id: str) -> None:
        """Stop a preview and delete it, here and on the backend."""
        tracked = await self._find(preview_id)
        await self._end(preview_id)
        self._previews.pop(preview_id, None)
        await self._store.remove(preview_id)
        await self._forget_upstream(tracked.record)

    async def _end(self, preview_id: str) -> None:
        if task := self._running.get(preview_id):
            task.cancel()
            await asyncio.wait((task,))

    async def _begin(self, request: LocalPreviewCreate, request_key: str) -> Tracked:
        scope = await self._account.scope()
        if request_key and (earlier := self._by_key(request_key)):
            if (earlier.record.request, earlier.record.scope) != (request, scope):
                raise KeyReused("This Idempotency-Key was used for another preview.")
            return earlier
        await self._account.upload_origins()
        approvals = await self._links.approvals(scope)
        found = await asyncio.to_thread(self._scanner.find, request.path, request.entry, approvals)
        check_shown(found.subject.kind, found.subject.entry)
        if request.live:
            check_live(found.target)
        record = Record(
            id=str(uuid.uuid4()),
            created_at=time.time(),
            scope=scope,
            request=request,
            root=str(found.target.root),
            entry=found.subject.entry,
            request_key=request_key,
            live=request.live,
        )
        await self._store.save(record)
        tracked = self._track(record, resumed=False)
        self._publish(record)
        await self._drop_oldest()
        return tracked

    async def _drop_oldest(self) -> None:
        ended = [each.record.id for each in self._previews.values() if each.record.is_final]
        for preview_id in ended[: max(0, len(ended) - KEPT_FINISHED)]:
            self._previews.pop(preview_id, None)
            await self._store.remove(preview_id)

    async def _resume(self) -> None:
        for stored in await self._store.load():
            record = replace(stored, devices=[])
            if record.id in self._previews:
                continue
            if record.is_final:
                self._previews[record.id] = self._tracked(record)
            else:
                _log.info("preview continued", extra={"preview": record.id, "state": record.state})
                self._track(record, resumed=True)

    async def _hear(self) -> None:
        while True:
            await self._flow.follower.listen(self._listen())
            await asyncio.sleep(1)  # dropped for falling behind; until then questions fill the gap

    def _track(self, record: Record, *, resumed: bool) -> Tracked:
        tracked = self._previews[record.id] = self._tracked(record, resumed=resumed)
        task = self._running[record.id] = self._tasks.spawn("preview", self._flow.run(tracked))
        task.add_done_callback(lambda _: self._running.pop(record.id, None))
        return tracked

    def _tracked(self, record: Record, *, resumed: bool = False) -> Tracked:
        return Tracked(record, self._keep, self._publish, resumed=resumed)

    async def _keep(self, record: Record) -> None:
        await self._store.save(record)
        await self._views.prepare(record.preview_url)

    def _publish(self, record: Record) -> None:
        known = self._account.known_user_id
        if known is not None and not record.is_of(known):
            return  # whoever listens now has not asked for it
        view = self._views.view(record)
        self._events.publish(EventType.PREVIEW_PROGRESS, PreviewProgressEvent(view))
        if record.is_settled and record.version:
            told = PreviewDiagnosticsEvent(
                record.id, record.root, record.version, view.diagnostics, view.warnings
            )
            self._events.publish(EventType.PREVIEW_DIAGNOSTICS, told)

    async def _find(self, preview_id: str) -> Tracked:
        user_id = await self._account.user_id()
        tracked = self._previews.get(preview_id)
        if tracked is None or not tracked.record.is_of(user_id):
            raise NotFound("There is no such preview.")
        return tracked

    def _by_key(self, request_key: str) -> Tracked | None:
        return next(
            (each for each in self._previews.values() if each.record.request_key == request_key), None
        )

    async def _renew_link(self, tracked: Tracked) -> None:
        with contextlib.suppress(HiveSyncError, TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                preview = await self._backend.call(
                    "GET",
                    tracked.record.upstream_path,
                    decode=Preview,
                    user_id=tracked.record.scope.user_id,
                )
            await tracked.advance(preview_url=preview.preview_url, linked_at=time.time())

    async def _forget_upstream(self, record: Record) -> None:
        if not record.preview_id:
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._backend.call(
                    "DELETE", record.upstream_path, decode=type(None), user_id=record.scope.user_id
                )
        except (HiveSyncError, TimeoutError) as error:
            if not (isinstance(error, HiveSyncError) and is_gone(error)):
                # It ends by itself: a preview lives a day at most, and nothing here names it any more.
                _log.info("preview not deleted upstream", extra={"preview": record.id})
