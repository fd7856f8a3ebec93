"""A backend's preview API for tests of the agent: manifest in, upload plan out, bytes checked at `complete`.

Idempotency keys, project scope and hashes are taken as seriously as by the server; builds are decided by
the test.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from aiohttp import web
from hivesync_contract import headers
from hivesync_contract.errors import Diagnostic, ErrorCode
from hivesync_contract.events import PreviewEvent
from hivesync_contract.health import Health
from hivesync_contract.jobs import source_key, version_prefix
from hivesync_contract.limits import PACKED_FILE_BYTES
from hivesync_contract.previews import (
    FileEntry,
    FileUpload,
    PackUpload,
    Preview,
    PreviewCreate,
    PreviewCreated,
    PreviewError,
    PreviewState,
    UploadPlan,
)
from hivesync_contract.projects import Project

from hivesync_dev.servers.fake_store import FakeStore
from hivesync_dev.servers.json_answers import json_answer, problem_answer
from hivesync_dev.servers.upstream_backend import UpstreamBackend

Outcome = Literal["ready", "failed", "hold"]
_NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@dataclass(slots=True)
class Kept:
    """One preview: its manifest, what is still to be uploaded, and its state."""

    body: PreviewCreate
    preview: Preview
    plan: UploadPlan


@dataclass(slots=True)
class FakePreviews(UpstreamBackend):
    """A backend that knows previews. `outcome` says how builds end, `silent` that no event tells it."""

    store: FakeStore = field(default_factory=FakeStore)
    outcome: Outcome = "ready"
    silent: bool = False
    on_create: Callable[[], Awaitable[None]] | None = None
    """Runs before a plan is answered: the moment between hashing and uploading."""
    warnings: list[Diagnostic] = field(default_factory=list)
    """What builds that end well warn of."""
    origins: list[str] | None = None
    """What the health answer lists; the store's origin by default."""
    projects: dict[str, Project] = field(default_factory=dict)
    previews: dict[str, Kept] = field(default_factory=dict)
    sources: set[tuple[str, str]] = field(default_factory=set)
    """(project, hash) of every file that a build has checked."""
    refuse: dict[str, ErrorCode] = field(default_factory=dict)
    """Errors by the last part of the path: `{"previews": ErrorCode.TIER_LIMIT}`."""
    _answers: dict[tuple[str, str], tuple[bytes, web.Response]] = field(default_factory=dict)

    def created(self) -> list[Kept]:
        """Give all previews, oldest first."""
        return list(self.previews.values())

    def finish(self, preview_id: str, state: PreviewState, error: PreviewError | None = None) -> None:
        """End a build and tell it."""
        kept = self.previews[preview_id]
        warnings = self.warnings if state is PreviewState.READY else []
        kept.preview = replace(kept.preview, state=state, error=error, warnings=warnings)
        self._tell(kept)

    def _tell(self, kept: Kept) -> None:
        if not self.silent:
            # As the server's events: without the link.
            event = PreviewEvent(replace(kept.preview, preview_url=""))
            self.publish(str(len(self.event_log) + 1), "preview.state", msgspec.json.encode(event).decode())

    def renew_links(self) -> None:
        """Give another link from now on, as the server does after half a minute."""
        for kept in self.previews.values():
            kept.preview = replace(kept.preview, preview_url=f"{kept.preview.preview_url}-renewed")

    def _routes(self) -> Iterable[web.RouteDef]:
        projects = "/api/v1/projects"
        previews = f"{projects}/{{pid}}/previews"
        yield web.get("/api/v1/health", self._health_of_previews)
        yield web.post(projects, self._create_project)
        yield web.get(f"{projects}/{{pid}}", self._show_project)
        yield web.post(previews, self._create)
        yield web.post(f"{previews}/{{id}}/versions", self._create_version)
        yield web.post(f"{previews}/{{id}}/complete", self._complete)
        yield web.get(f"{previews}/{{id}}", self._show)
        yield web.delete(f"{previews}/{{id}}", self._delete)
        # Not super(): dataclass slots make a new class, which a bare super() does not know.
        yield from UpstreamBackend._routes(self)

    async def _health_of_previews(self, request: web.Request) -> web.Response:
        origins = [self.store.origin] if self.origins is None else self.origins
        return json_answer(Health("ok", "0.0.0", "local", origins))

    async def _create_project(self, request: web.Request) -> web.Response:
        async def make(body: bytes) -> web.Response:
            name = json.loads(body)["name"]
            project = Project(str(uuid.uuid4()), name, "", "user", _NOW, _NOW)
            self.projects[project.id] = project
            return json_answer(project, 201)

        return await self._once(request, make)

    async def _show_project(self, request: web.Request) -> web.Response:
        return self._refusal(request) or json_answer(self.projects[request.match_info["pid"]])

    async def _create(self, request: web.Request) -> web.Response:
        async def make(body: bytes) -> web.Response:
            return self._plan(request.match_info["pid"], str(uuid.uuid4()), 1, body)

        return await self._once(request, make)

    async def _create_version(self, request: web.Request) -> web.Response:
        async def make(body: bytes) -> web.Response:
            preview_id = request.match_info["id"]
            version = self.previews[preview_id].preview.version + 1
            return self._plan(request.match_info["pid"], preview_id, version, body)

        return await self._once(request, make)

    async def _complete(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        kept = self.previews[request.match_info["id"]]
        if kept.preview.state is PreviewState.UPLOADING:
            self._check_bytes(kept)
            kept.preview = replace(kept.preview, state=PreviewState.BUILDING)
            self._tell(kept)
            answer = json_answer(kept.preview, 202)
            if self.outcome != "hold":
                self.finish(kept.preview.id, PreviewState(self.outcome))
            return answer
        return json_answer(kept.preview, 202)

    async def _show(self, request: web.Request) -> web.Response:
        kept = self.previews.get(request.match_info["id"])
        if kept is None:
            return problem_answer(ErrorCode.NOT_FOUND, "There is no such preview.")
        return json_answer(kept.preview)

    async def _delete(self, request: web.Request) -> web.Response:
        if self.previews.pop(request.match_info["id"], None) is None:
            return problem_answer(ErrorCode.NOT_FOUND, "There is no such preview.")
        return web.Response(status=204)

    async def _once(
        self, request: web.Request, make: Callable[[bytes], Awaitable[web.Response]]
    ) -> web.Response:
        body = await request.read()
        if refusal := self._refusal(request):
            return refusal
        if self.on_create is not None and "/previews" in request.path:
            await self.on_create()
        key = (request.path, request.headers[headers.IDEMPOTENCY_KEY])
        if key not in self._answers:
            self._answers[key] = (body, await make(body))
        first, answer = self._answers[key]
        if first != body:
            return problem_answer(ErrorCode.IDEMPOTENCY_CONFLICT, "The key was used for another body.")
        return web.Response(status=answer.status, body=answer.body, content_type="application/json")

    def _refusal(self, request: web.Request) -> web.Response | None:
        code = self.refuse.get(request.path.rpartition("/")[2])
        if code is not None:
            return problem_answer(code, f"Refused with {code.value}.")
        if request.match_info.get("pid", "") not in {"", *self.projects}:
            return problem_answer(ErrorCode.NOT_FOUND, "There is no such project.")
        return None

    def _plan(self, project_id: str, preview_id: str, version: int, content: bytes) -> web.Response:
        body = msgspec.json.decode(content, type=PreviewCreate)
        preview = Preview(
            *(preview_id, project_id, version, body.kind, PreviewState.UPLOADING, body.title, body.entry),
            platform=body.platform,
            preview_url=f"http://127.0.0.1:8787/p/{preview_id}#token-{version}",
            created_at=_NOW,
            expires_at=_NOW + timedelta(days=1),
        )
        kept = self.previews[preview_id] = Kept(
            body, preview, self._uploads(project_id, preview_id, version, body)
        )
        self._tell(kept)
        return json_answer(PreviewCreated(kept.preview, kept.plan), 201)

    def _uploads(self, project_id: str, preview_id: str, version: int, body: PreviewCreate) -> UploadPlan:
        unique = {file.sha256: file for file in body.files}
        missing = [file for file in unique.values() if (project_id, file.sha256) not in self.sources]
        small = [file for file in missing if file.size <= PACKED_FILE_BYTES]
        pack_key = f"{version_prefix(preview_id, version)}pack-0"
        packs = [_pack(self.store.presign(pack_key), small)] if small else []
        large = [file for file in missing if file.size > PACKED_FILE_BYTES]
        return UploadPlan(packs, [self._upload(project_id, file) for file in large])

    def _upload(self, project_id: str, file: FileEntry) -> FileUpload:
        url = self.store.presign(source_key(project_id, file.sha256))
        return FileUpload(url, file.sha256, file.size, {"x-amz-checksum-sha256": file.sha256})

    def _check_bytes(self, kept: Kept) -> None:
        """Cut packs by the manifest's sizes and hash everything, as the Worker does; fail the test if not."""
        sizes = {file.sha256: file.size for file in kept.body.files}
        for pack in kept.plan.packs:
            content = self.store.objects[_key_of(pack.url)]
            for sha256 in pack.sha256s:
                self._verify(kept, sha256, content[: sizes[sha256]])
                content = content[sizes[sha256] :]
        for file in kept.plan.files:
            self._verify(kept, file.sha256, self.store.objects[_key_of(file.url)])

    def _verify(self, kept: Kept, sha256: str, content: bytes) -> None:
        if hashlib.sha256(content).hexdigest() != sha256:
            raise AssertionError(f"the bytes of {sha256} are not those of the manifest")
        self.sources.add((kept.preview.project_id, sha256))


def _pack(url: str, files: list[FileEntry]) -> PackUpload:
    return PackUpload(url, [file.sha256 for file in files], sum(file.size for file in files))


def _key_of(url: str) -> str:
    return url.partition("/bucket/")[2].partition("?")[0]


@asynccontextmanager
async def running_previews() -> AsyncIterator[FakePreviews]:
    """Run one and its store until the block ends."""
    backend = FakePreviews()
    await backend.store.start()
    await backend.start()
    try:
        yield backend
    finally:
        await backend.stop()
        await backend.store.stop()
