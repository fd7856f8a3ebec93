"""What the outcome of a build job does to its preview. The job's own state is not decided here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hivesync_contract.errors import ErrorCode
from hivesync_contract.events import EventType, PreviewEvent
from hivesync_contract.jobs import Callback, JobStatus, PreviewBuild, version_prefix
from hivesync_contract.limits import BUILD_WARNINGS
from hivesync_contract.notifications import NotificationType, SubjectKind
from hivesync_contract.previews import PreviewError, PreviewState
from hivesync_contract.webhooks import PreviewOutcome, WebhookData, WebhookEventType

from hivesync_server.jobs.kinds import AnyCallback, Parcel
from hivesync_server.jobs.outcomes import OUR_FAULTS
from hivesync_server.jobs.tables import JobRow
from hivesync_server.notifications.notifier import News, Notifier
from hivesync_server.previews.packs import stored_sources
from hivesync_server.previews.repository import PreviewAndVersion, PreviewRepository
from hivesync_server.previews.shapes import ERROR, MANIFEST, WARNINGS, preview_shape
from hivesync_server.projects.sources import SourceRepository
from hivesync_server.quotas.repository import QuotaRepository
from hivesync_server.webhooks.queue import WebhookQueue

_TOLD_AS = {
    PreviewState.READY: WebhookEventType.PREVIEW_READY,
    PreviewState.FAILED: WebhookEventType.PREVIEW_FAILED,
}


@dataclass(frozen=True, slots=True)
class PreviewBuilds:
    """Outcomes, within the transaction that also ends the job."""

    repository: PreviewRepository
    sources: SourceRepository
    uses: QuotaRepository
    notifier: Notifier
    hooks: WebhookQueue
    now: datetime

    async def parcel(self, job: JobRow) -> Parcel | None:
        """Give the version's manifest, or None if the preview was deleted."""
        rows = await self._rows(job)
        if rows is None:
            return None
        key = f"{version_prefix(rows.preview.id, job.version)}manifest.json"
        build = PreviewBuild(rows.preview.id, rows.preview.project_id, job.version, key)
        return Parcel(key, rows.version.manifest, preview=build)

    def owns(self, job: JobRow, key: str) -> bool:
        """Tell whether the object lies in the version's folder."""
        return key.startswith(version_prefix(job.subject_id, job.version)) and ".." not in key

    async def started(self, job: JobRow) -> None:
        """Show nothing: it was `building` since its uploads were done."""

    async def finish(self, job: JobRow, callback: AnyCallback) -> None:
        """Apply what the Worker reported."""
        rows = await self._rows(job)
        if rows is None or not isinstance(callback, Callback):
            return
        if callback.result is not None and callback.result.sources_stored:
            await self._note_sources(rows, callback.result.packs)
        if callback.status is JobStatus.SUCCESS:
            rows.version.warnings = _kept_warnings(callback)
            await self._ready(rows)
        else:
            await self._fail(rows, _reported_error(callback))

    async def fail(self, job: JobRow, code: ErrorCode, message: str) -> None:
        """End a build that will never be reported."""
        rows = await self._rows(job)
        if rows is not None:
            await self._fail(rows, PreviewError(code, message))

    async def note_delay(self, job: JobRow) -> None:
        """Say, once, that a build waits for a Worker that can't be reached; it stays queued."""
        rows = await self._rows(job)
        if rows is None or rows.version.error is not None or rows.version.state != PreviewState.BUILDING:
            return
        notice = PreviewError(
            ErrorCode.UPSTREAM_UNREACHABLE,
            "The build service can't be reached; the preview stays queued and is built when it is back.",
        )
        rows.version.error = ERROR.dump_json(notice).decode()
        await self._announce(rows)

    async def _rows(self, job: JobRow) -> PreviewAndVersion | None:
        return await self.repository.version(job.subject_id, job.version)

    async def _ready(self, rows: PreviewAndVersion) -> None:
        is_first = not await self.repository.was_ready(rows.preview.id)
        rows.version.state, rows.version.ready_at = PreviewState.READY.value, self.now
        rows.version.error = None
        await self._announce(rows)
        # Later versions are seen where they are: on the phone.
        if is_first:
            await self._tell(
                rows, NotificationType.PREVIEW_READY, f"{rows.version.title} is ready to be seen"
            )

    async def _fail(self, rows: PreviewAndVersion, error: PreviewError) -> None:
        rows.version.state = PreviewState.FAILED.value
        rows.version.error = ERROR.dump_json(error).decode()
        if error.code in OUR_FAULTS:
            await self.uses.give_back(rows.preview.id)
        await self._announce(rows)
        if rows.version.version == 1:
            text = f"{rows.version.title} could not be built: {error.message}"
            await self._tell(rows, NotificationType.PREVIEW_FAILED, text)

    async def _tell(self, rows: PreviewAndVersion, kind: NotificationType, text: str) -> None:
        preview = rows.preview
        news = News(kind, text, SubjectKind.PREVIEW, preview.id, preview.project_id)
        await self.notifier.tell([preview.user_id], news)

    async def _note_sources(self, rows: PreviewAndVersion, packs: list[str]) -> None:
        manifest = MANIFEST.validate_json(rows.version.manifest)
        await self.sources.add(rows.preview.project_id, stored_sources(manifest, packs), self.now)

    async def _announce(self, rows: PreviewAndVersion) -> None:
        # News of an older version would show a state that the preview no longer has.
        if not rows.is_latest:
            return
        event = PreviewEvent(preview_shape(rows))
        await self.notifier.events.publish(rows.preview.user_id, EventType.PREVIEW_STATE, event)
        preview, state = rows.preview, event.preview.state
        if state in _TOLD_AS:
            outcome = PreviewOutcome(
                preview.id, rows.version.version, preview.user_id, state, event.preview.error
            )
            self.hooks.tell(
                _TOLD_AS[state], preview.project_id, WebhookData(preview.project_id, preview=outcome)
            )


def _kept_warnings(callback: Callback) -> str | None:
    """Give them as they are stored: without the lines of code around each, which editors show anyway."""
    found = callback.result.warnings[:BUILD_WARNINGS] if callback.result is not None else []
    return WARNINGS.dump_json([replace(each, frame=None) for each in found]).decode() if found else None


def _reported_error(callback: Callback) -> PreviewError:
    if callback.error is None:
        return PreviewError(ErrorCode.PREVIEW_BUILD_FAILED, "The build failed without saying why.")
    return PreviewError(callback.error.code, callback.error.message, callback.error.diagnostic())
