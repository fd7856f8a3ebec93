"""What the outcome of a build job does to its preview. The job's own state is not decided here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hivesync_contract.errors import ErrorCode
from hivesync_contract.events import EventType, PreviewEvent
from hivesync_contract.jobs import Callback, JobStatus
from hivesync_contract.previews import PreviewError, PreviewState

from hivesync_server.events.publisher import EventPublisher
from hivesync_server.previews.packs import stored_sources
from hivesync_server.previews.repository import PreviewAndVersion, PreviewRepository
from hivesync_server.previews.shapes import ERROR, MANIFEST, preview_shape
from hivesync_server.projects.repository import SourceRepository


@dataclass(frozen=True, slots=True)
class PreviewBuilds:
    """Outcomes, within the transaction that also ends the job."""

    repository: PreviewRepository
    sources: SourceRepository
    events: EventPublisher
    now: datetime

    async def finish(self, preview_id: str, version: int, callback: Callback) -> None:
        """Apply what the Worker reported."""
        rows = await self.repository.version(preview_id, version)
        if rows is None:
            return
        if callback.result is not None and callback.result.sources_stored:
            await self._note_sources(rows, callback.result.packs)
        if callback.status is JobStatus.SUCCESS:
            rows.version.state, rows.version.ready_at = PreviewState.READY.value, self.now
            rows.version.error = None
            await self._announce(rows)
        else:
            await self._fail(rows, _reported_error(callback))

    async def fail(self, preview_id: str, version: int, error: PreviewError) -> None:
        """End a build that will never be reported."""
        rows = await self.repository.version(preview_id, version)
        if rows is not None:
            await self._fail(rows, error)

    async def note_delay(self, preview_id: str, version: int) -> None:
        """Say, once, that a build waits for a Worker that can't be reached; it stays queued."""
        rows = await self.repository.version(preview_id, version)
        if rows is None or rows.version.error is not None or rows.version.state != PreviewState.BUILDING:
            return
        notice = PreviewError(
            ErrorCode.UPSTREAM_UNREACHABLE,
            "The build service can't be reached; the preview stays queued and is built when it is back.",
        )
        rows.version.error = ERROR.dump_json(notice).decode()
        await self._announce(rows)

    async def _fail(self, rows: PreviewAndVersion, error: PreviewError) -> None:
        rows.version.state = PreviewState.FAILED.value
        rows.version.error = ERROR.dump_json(error).decode()
        await self._announce(rows)

    async def _note_sources(self, rows: PreviewAndVersion, packs: list[str]) -> None:
        manifest = MANIFEST.validate_json(rows.version.manifest)
        await self.sources.add(rows.preview.project_id, stored_sources(manifest, packs))

    async def _announce(self, rows: PreviewAndVersion) -> None:
        # News of an older version would show a state that the preview no longer has.
        if rows.is_latest:
            event = PreviewEvent(preview_shape(rows))
            await self.events.publish(rows.preview.user_id, EventType.PREVIEW_STATE, event)


def _reported_error(callback: Callback) -> PreviewError:
    if callback.error is None:
        return PreviewError(ErrorCode.PREVIEW_BUILD_FAILED, "The build failed without saying why.")
    return PreviewError(callback.error.code, callback.error.message, callback.error.diagnostic())
