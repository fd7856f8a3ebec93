"""Wait until the backend says that a preview is ready or failed: told by its events, asked now and then."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Protocol

import msgspec
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.events import EventType, PreviewEvent
from hivesync_contract.previews import FINAL_STATES, Preview, PreviewState

from hivesync_agent.previews.patience import is_passing
from hivesync_agent.previews.record import Record
from hivesync_agent.projects.links import Backend

_KEPT = 64
_log = logging.getLogger("hivesync.previews")


class BuildTimeout(HiveSyncError):
    """The backend never told an outcome."""

    code = ErrorCode.WORKER_TIMEOUT


class Published(Protocol):
    """An event of the agent's bus, as its subscribers get it."""

    @property
    def type(self) -> str: ...

    @property
    def data(self) -> bytes: ...


class Follower:
    """Knows the latest of each preview that somebody waits for.

    Events make it quick; the questions in between make it certain, since a stream may be down.
    """

    def __init__(
        self, backend: Backend, *, poll_seconds: float = 3.0, deadline_seconds: float = 900.0
    ) -> None:
        self._backend = backend
        self._poll_seconds = poll_seconds
        self._deadline_seconds = deadline_seconds
        self._waiting: dict[str, asyncio.Queue[Preview]] = {}
        self._latest: OrderedDict[str, Preview] = OrderedDict()

    async def listen(self, events: AsyncIterator[Published]) -> None:
        """Take notice of the backend's events until the stream ends."""
        async for event in events:
            if event.type == EventType.PREVIEW_STATE:
                self._notice(event.data)

    async def news(self, record: Record) -> AsyncIterator[Preview]:
        """Give what is heard of its version, the final state last; raise `BuildTimeout`, or a refusal."""
        preview_id, version = record.preview_id, record.version
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._deadline_seconds
        heard = self._waiting[preview_id] = asyncio.Queue()
        if early := self._latest.get(preview_id):
            heard.put_nowait(early)
        try:
            while loop.time() < ends:
                preview = await self._next(heard, record)
                if preview is not None and _is_news(preview, version):
                    yield preview
                    if preview.state in FINAL_STATES:
                        return
        finally:
            self._waiting.pop(preview_id, None)
        raise BuildTimeout("The preview's build did not end in time; start it again.")

    async def _next(self, heard: asyncio.Queue[Preview], record: Record) -> Preview | None:
        try:
            async with asyncio.timeout(self._poll_seconds):
                return await heard.get()
        except TimeoutError:
            return await self._ask(record)

    async def _ask(self, record: Record) -> Preview | None:
        try:
            return await self._backend.call(
                "GET", record.upstream_path, decode=Preview, user_id=record.scope.user_id
            )
        except HiveSyncError as error:
            if is_passing(error, wait_for_session=True):
                return None  # away for now; the build goes on without us
            raise

    def _notice(self, data: bytes) -> None:
        try:
            preview = msgspec.json.decode(data, type=PreviewEvent).preview
        except (msgspec.MsgspecError, RecursionError):
            _log.warning("preview event not understood")
            return
        # Kept for a while, since a quick build can end before its uploader begins to wait for it.
        self._latest[preview.id] = preview
        self._latest.move_to_end(preview.id)
        if len(self._latest) > _KEPT:
            self._latest.popitem(last=False)
        if heard := self._waiting.get(preview.id):
            heard.put_nowait(preview)


def _is_news(preview: Preview, version: int) -> bool:
    """Tell whether it says more than what whoever follows this version, uploaded by us, knows already."""
    return preview.version > version or (
        preview.version == version and preview.state is not PreviewState.UPLOADING
    )
