"""The main job of the backend: from a manifest to a phone link, over real sockets and a real object store."""

from __future__ import annotations

import hashlib
import json

import httpx
from hivesync_dev.servers.backend_user import SOURCE, BackendUser, manifest, preview_path
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, success
from hivesync_dev.servers.s3 import S3Server


async def test_a_manifest_becomes_a_ready_preview(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, s3: S3Server
) -> None:
    project_id = await ann.project()
    created = await ann.preview(project_id)
    assert created["preview"]["state"] == "uploading"
    await _upload(created, SOURCE)

    assert (await ann.complete(created["preview"]))["state"] == "building"
    delivered = await worker.next_delivery()
    assert delivered.message_id == f"{delivered.job.job_id}.1"
    build = delivered.job.preview
    assert build is not None
    stored = json.loads(s3.read(build.manifest_key))
    assert stored["entry"] == "index.html"
    assert _packed(s3, stored) == SOURCE

    answer = await reporter.report(success(delivered.job))
    assert answer.json() == {"applied": True}
    preview = await ann.get(created["preview"])
    assert preview["state"] == "ready"
    assert preview["ready_at"]


async def test_what_was_built_once_is_not_asked_for_again(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    project_id = await ann.project()
    first = await ann.preview(project_id)
    await ann.complete(first["preview"])
    await reporter.report(success((await worker.next_delivery()).job))

    changed = SOURCE | {"main.js": b"console.log(2)"}
    answer = await ann.client.post(f"{preview_path(first['preview'])}/versions", json=manifest(changed))
    second = answer.json()
    assert second["preview"]["id"] == first["preview"]["id"]
    assert second["preview"]["version"] == 2
    asked_for = [sha for pack in second["uploads"]["packs"] for sha in pack["sha256s"]]
    assert asked_for == [hashlib.sha256(changed["main.js"]).hexdigest()]


async def test_uploads_are_asked_for_again_while_nobody_has_checked_them(ann: BackendUser) -> None:
    project_id = await ann.project()
    first, second = await ann.preview(project_id), await ann.preview(project_id)
    assert [pack["sha256s"] for pack in first["uploads"]["packs"]] == [
        pack["sha256s"] for pack in second["uploads"]["packs"]
    ]


async def test_completing_twice_builds_once(ann: BackendUser, worker: FakeWorker) -> None:
    created = await ann.preview(await ann.project())
    for _ in range(2):
        assert (await ann.complete(created["preview"]))["state"] == "building"
    await worker.next_delivery()
    assert worker.deliveries.empty()


async def _upload(created: dict[str, object], files: dict[str, bytes]) -> None:
    by_hash = {hashlib.sha256(data).hexdigest(): data for data in files.values()}
    uploads = created["uploads"]
    assert isinstance(uploads, dict)
    async with httpx.AsyncClient(trust_env=False) as store:
        for pack in uploads["packs"]:
            body = b"".join(by_hash[sha] for sha in pack["sha256s"])
            (await store.put(pack["url"], content=body)).raise_for_status()


def _packed(s3: S3Server, stored: dict[str, list[dict[str, object]]]) -> dict[str, bytes]:
    contents = {}
    sizes = {str(file["sha256"]): int(str(file["size"])) for file in stored["files"]}
    for pack in stored["packs"]:
        body = s3.read(str(pack["key"]))
        for sha in pack["sha256s"]:  # type: ignore[attr-defined]
            contents[sha], body = body[: sizes[sha]], body[sizes[sha] :]
    return {str(file["path"]): contents[file["sha256"]] for file in stored["files"]}
