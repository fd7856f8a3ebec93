"""Bring one snapshot to the backend: plan, upload, complete. Every step may be repeated without a second
effect, since the agent may be killed after any of them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from hivesync_contract.errors import HiveSyncError
from hivesync_contract.previews import Preview, PreviewCreate, PreviewCreated, PreviewState

from hivesync_agent.previews.account import Account
from hivesync_agent.previews.body import FileMoved
from hivesync_agent.previews.patience import Patience
from hivesync_agent.previews.saved_files import Show
from hivesync_agent.previews.shown import key_of
from hivesync_agent.previews.tracked import Delivered, Tracked
from hivesync_agent.previews.uploading import LazyUploader, PlanExpired
from hivesync_agent.projects.links import Backend, ProjectLinks, is_gone
from hivesync_agent.projects.refusals import SourceChanged
from hivesync_agent.projects.scan import Scanner, Snapshot

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Delivery:
    """Holds no state of a preview; that is in its `Tracked` record."""

    scanner: Scanner
    links: ProjectLinks
    backend: Backend
    account: Account
    uploader: LazyUploader
    patience: Patience

    async def deliver(self, tracked: Tracked) -> None:
        """Take a preview from `preparing` to `building`. Raises a `HiveSyncError` saying why not."""
        await self._deliver(tracked, await self._scan(tracked, frozenset()))

    async def deliver_next(self, tracked: Tracked, show: Show) -> bool:
        """Do the same for the next version of a live preview.

        False if none is needed: the files are as they were, or `show` has shown all that was saved.
        """
        snapshot = await self._scan(tracked, frozenset())
        manifest, record = _manifest(tracked, snapshot), tracked.record
        if record.shown_key == key_of(record.project_id, manifest):
            tracked.delivered = Delivered(snapshot.target, manifest)
            return False
        if tracked.delivered is not None:
            saved = tracked.delivered.saved_since(manifest)
            if saved is not None and await show(saved):
                return False
        # A new key: an earlier version may have had the very same files.
        await tracked.advance(state=PreviewState.PREPARING, error=None, deliveries=record.deliveries + 1)
        await self._deliver(tracked, snapshot)
        return True

    async def _deliver(self, tracked: Tracked, snapshot: Snapshot) -> None:
        moved: set[str] = set()
        for attempt in range(ATTEMPTS):
            if attempt:
                snapshot = await self._scan(tracked, frozenset(moved))
            await tracked.advance(
                skipped=list(snapshot.skipped),
                total_bytes=snapshot.size_bytes,
                place=snapshot.target.place,
                beyond=list(map(str, snapshot.beyond)),
            )
            created, _ = await asyncio.gather(self._plan(tracked, snapshot), self.uploader.load())
            try:
                await self._upload(tracked, snapshot, created)
            except FileMoved as exc:
                moved.add(exc.disk)
                continue
            except PlanExpired:
                # A new key: under the old one the backend would repeat its answer, expired as it is.
                await tracked.advance(deliveries=tracked.record.deliveries + 1)
                continue
            manifest = _manifest(tracked, snapshot)
            await self._complete(tracked, key_of(tracked.record.project_id, manifest))
            tracked.delivered = Delivered(snapshot.target, manifest)
            return
        raise SourceChanged(_reason(moved))

    async def _scan(self, tracked: Tracked, distrusted: frozenset[str]) -> Snapshot:
        loop, request = asyncio.get_running_loop(), tracked.record.request
        approvals = await self.links.approvals(tracked.record.scope)

        def hashed(files: int, total_files: int) -> None:
            loop.call_soon_threadsafe(tracked.note_hashed, files, total_files)

        def scan() -> Snapshot:
            found = self.scanner.find(request.path, request.entry, approvals)
            return self.scanner.snapshot(found, distrusted, hashed)

        return await asyncio.to_thread(scan)

    async def _plan(self, tracked: Tracked, snapshot: Snapshot) -> PreviewCreated:
        created = await self._plan_in_project(tracked, snapshot)
        preview = created.preview
        await tracked.advance(
            state=PreviewState.UPLOADING,
            project_id=preview.project_id,
            preview_id=preview.id,
            version=preview.version,
            preview_url=preview.preview_url,
            linked_at=time.time(),
            uploaded_bytes=0,
            total_bytes=sum(pack.size for pack in created.uploads.packs)
            + sum(file.size for file in created.uploads.files),
        )
        return created

    async def _plan_in_project(self, tracked: Tracked, snapshot: Snapshot) -> PreviewCreated:
        record = tracked.record
        project_id = record.project_id or await self._project(tracked, snapshot)
        try:
            return await self._create(tracked, project_id, snapshot)
        except HiveSyncError as error:
            if not is_gone(error) or record.preview_id:
                raise
        # The project was deleted on the server: link the folder to a new one.
        await self.links.forget(record.scope, snapshot.target.root, project_id)
        return await self._create(tracked, await self._project(tracked, snapshot), snapshot)

    async def _project(self, tracked: Tracked, snapshot: Snapshot) -> str:
        return await self.patience.call(
            lambda: self.links.project_of(tracked.record.scope, snapshot.target.root),
            wait_for_session=tracked.resumed,
        )

    async def _create(self, tracked: Tracked, project_id: str, snapshot: Snapshot) -> PreviewCreated:
        record = tracked.record
        body = _manifest(tracked, snapshot)
        key = _plan_key(tracked, project_id, body)
        if key == record.plan_key:
            path = record.plan_path
        else:
            # A preview that the backend knows already gets its next version: same link, no second preview.
            known = f"/{record.preview_id}/versions" if record.preview_id else ""
            path = f"/projects/{project_id}/previews{known}"
            await tracked.advance(plan_path=path, plan_key=key)
        return await self.patience.call(
            lambda: self.backend.call(
                "POST",
                path,
                body=body,
                decode=PreviewCreated,
                idempotency_key=key,
                user_id=record.scope.user_id,
            ),
            wait_for_session=tracked.resumed,
        )

    async def _upload(self, tracked: Tracked, snapshot: Snapshot, created: PreviewCreated) -> None:
        origins = await self.patience.call(self.account.upload_origins)
        await self.uploader.upload(
            created.uploads, snapshot.target.confines, snapshot.files, origins, tracked.note_uploaded
        )

    async def _complete(self, tracked: Tracked, shown_key: str) -> None:
        record = tracked.record
        path = f"/projects/{record.project_id}/previews/{record.preview_id}/complete"
        key = f"{record.id}.v{record.version}.complete"
        await self.patience.call(
            lambda: self.backend.call(
                "POST", path, decode=Preview, idempotency_key=key, user_id=record.scope.user_id
            ),
            wait_for_session=tracked.resumed,
        )
        await tracked.advance(state=PreviewState.BUILDING, shown_key=shown_key)


def _manifest(tracked: Tracked, snapshot: Snapshot) -> PreviewCreate:
    return PreviewCreate(
        kind=snapshot.subject.kind,
        entry=snapshot.subject.entry,
        files=[file.entry for file in snapshot.files],
        platform=tracked.record.request.platform,
        title=snapshot.subject.title,
        env=snapshot.env,
        links=snapshot.links,
        live=tracked.record.request.live,
        narrowed=snapshot.narrowed,
    )


def _plan_key(tracked: Tracked, project_id: str, body: PreviewCreate) -> str:
    """Give the same key for the same files: an agent that was killed gets the answer it did not hear."""
    return f"{tracked.record.id}.{tracked.record.deliveries}.{key_of(project_id, body)}"


def _reason(moved: set[str]) -> str:
    if not moved:
        return "The upload addresses expired again and again; check this machine's clock and try again."
    names = ", ".join(sorted(moved)[:3])
    return f"{names} keeps changing while it is uploaded; wait until it is saved and try again."
