"""The main job of the backend: from a manifest to a phone link, over real sockets and a real object store."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import Any

import httpx
from hivesync_contract.errors import Diagnostic
from hivesync_contract.limits import BUILD_WARNINGS
from hivesync_dev.servers.backend_user import SOURCE, BackendUser, manifest, preview_path
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, success
from hivesync_dev.servers.s3 import S3Server


async def test_a_manifest_becomes_a_ready_preview(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, s3: S3Server
) -> None:
    project_id = await ann.project()
    narrowed = {"node_modules/a/index.js": {"b": {"source": "./b.js", "name": "default"}, "T": None}}
    created = await ann.preview(project_id, narrowed=narrowed)
    assert created["preview"]["state"] == "uploading"
    await _upload(created, SOURCE)

    assert (await ann.complete(created["preview"]))["state"] == "building"
    delivered = await worker.next_delivery()
    assert delivered.message_id == f"{delivered.job.job_id}.1"
    build = delivered.job.preview
    assert build is not None
    stored = json.loads(s3.read(build.manifest_key))
    assert (stored["entry"], stored["narrowed"]) == ("index.html", narrowed)
    assert _packed(s3, stored) == SOURCE

    answer = await reporter.report(success(delivered.job))
    assert answer.json() == {"applied": True}
    preview = await ann.get(created["preview"])
    assert preview["state"] == "ready"
    assert preview["ready_at"]


async def test_what_a_build_warned_of_is_told_with_its_preview(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    created = (await ann.preview(await ann.project()))["preview"]
    await ann.complete(created)
    done = success((await worker.next_delivery()).job)
    assert done.result is not None
    found = Diagnostic("There is no file", "main.css", 3, 7, "> 3 | a { b }", "Add it")
    noisy = replace(done.result, warnings=[found] * (BUILD_WARNINGS + 1))
    (await reporter.report(replace(done, result=noisy))).raise_for_status()
    told = (await ann.get(created))["warnings"]
    assert len(told) == BUILD_WARNINGS
    # Editors show the code itself.
    assert told[0] == asdict(replace(found, frame=None))


CHANGED = SOURCE | {"main.js": b"console.log(2)"}


async def test_what_was_built_once_is_not_asked_for_again(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, s3: S3Server
) -> None:
    first = await ann.preview(await ann.project())
    await _build(ann, worker, reporter, first, SOURCE)

    second = await _next_version(ann, first, CHANGED)
    assert second["preview"]["id"] == first["preview"]["id"]
    assert second["preview"]["version"] == 2
    assert _asked_for(second) == [_hash(CHANGED["main.js"])]
    manifest = await _build(ann, worker, reporter, second, CHANGED, s3)
    [pack] = manifest["stored"]
    whole = b"".join(_contents(first, SOURCE))
    assert pack["sha256"] == _hash(whole)
    # Each file that is not sent again lies where the manifest says.
    assert set(pack["offsets"]) == {_hash(data) for path, data in SOURCE.items() if path != "main.js"}
    for data in (data for path, data in SOURCE.items() if path != "main.js"):
        assert whole[pack["offsets"][_hash(data)] :].startswith(data)


async def test_a_pack_of_one_file_is_that_file(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter, s3: S3Server
) -> None:
    first = await ann.preview(await ann.project())
    await _build(ann, worker, reporter, first, SOURCE)
    second = await _next_version(ann, first, CHANGED)
    await _build(ann, worker, reporter, second, CHANGED)

    third = await _next_version(ann, first, CHANGED)
    assert _asked_for(third) == []
    manifest = await _build(ann, worker, reporter, third, CHANGED, s3)
    assert [_hash(CHANGED["main.js"]) in pack["offsets"] for pack in manifest["stored"]] == [False]


async def test_a_pack_that_nobody_can_find_is_asked_for_again(
    ann: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    first = await ann.preview(await ann.project())
    await ann.complete(first["preview"])
    await reporter.report(success((await worker.next_delivery()).job, packs=[]))
    assert _asked_for(await _next_version(ann, first, SOURCE)) == _asked_for(first)


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


async def _build(
    ann: BackendUser,
    worker: FakeWorker,
    reporter: Reporter,
    created: dict[str, Any],
    files: dict[str, bytes],
    s3: S3Server | None = None,
) -> dict[str, Any]:
    """Take a version to `ready`; give the manifest that the Worker was told, if it can be read."""
    await ann.complete(created["preview"])
    job = (await worker.next_delivery()).job
    packs = [_hash(content) for content in _contents(created, files)]
    (await reporter.report(success(job, packs=packs))).raise_for_status()
    told: dict[str, Any] = json.loads(s3.read(job.preview.manifest_key)) if s3 and job.preview else {}
    return told


async def _next_version(ann: BackendUser, first: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
    answer = await ann.client.post(f"{preview_path(first['preview'])}/versions", json=manifest(files))
    answer.raise_for_status()
    created: dict[str, Any] = answer.json()
    return created


def _contents(created: dict[str, Any], files: dict[str, bytes]) -> list[bytes]:
    """Give the bytes of each pack that was asked for."""
    by_hash = {_hash(data): data for data in files.values()}
    return [b"".join(by_hash[sha] for sha in pack["sha256s"]) for pack in created["uploads"]["packs"]]


def _asked_for(created: dict[str, Any]) -> list[str]:
    return [sha for pack in created["uploads"]["packs"] for sha in pack["sha256s"]]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def _upload(created: dict[str, Any], files: dict[str, bytes]) -> None:
    async with httpx.AsyncClient(trust_env=False) as store:
        for pack, content in zip(created["uploads"]["packs"], _contents(created, files), strict=True):
            (await store.put(pack["url"], content=content)).raise_for_status()


def _packed(s3: S3Server, stored: dict[str, list[dict[str, object]]]) -> dict[str, bytes]:
    contents = {}
    sizes = {str(file["sha256"]): int(str(file["size"])) for file in stored["files"]}
    for pack in stored["packs"]:
        body = s3.read(str(pack["key"]))
        for sha in pack["sha256s"]:  # type: ignore[attr-defined]
            contents[sha], body = body[: sizes[sha]], body[sizes[sha] :]
    return {str(file["path"]): contents[file["sha256"]] for file in stored["files"]}
