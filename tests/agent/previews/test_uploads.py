"""Uploads against a objects that fails, refuses or lies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hivesync.origins import allowed_origins
from hivesync_agent.previews.uploading import PlanExpired
from hivesync_agent.previews.uploads import PARALLEL, StoreUnreachable, Uploader, UploadRefused
from hivesync_agent.projects.digests import DigestCache
from hivesync_agent.projects.snapshot import SourceFile, hash_files
from hivesync_contract.previews import FileUpload, PackUpload, PreviewState, UploadPlan
from hivesync_dev.project_files import write_files
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.fake_store import FakeStore
from hivesync_dev.servers.preview_client import PreviewClient


@pytest.fixture
async def objects() -> AsyncIterator[FakeStore]:
    objects = FakeStore()
    await objects.start()
    yield objects
    await objects.stop()


@pytest.fixture
async def uploader() -> AsyncIterator[Uploader]:
    uploader = Uploader(delays_seconds=(0.0, 0.0, 0.0))
    yield uploader
    await uploader.close()


@pytest.fixture
def files(tmp_path: Path) -> tuple[SourceFile, ...]:
    root = write_files(tmp_path / "project", {f"{number}.ts": f"file {number}" for number in range(9)})
    names = {path.name: path.name for path in root.iterdir()}
    return hash_files(root, names, DigestCache(tmp_path / "cache" / "digests.sqlite3")).files


def plan_for(objects: FakeStore, files: tuple[SourceFile, ...]) -> UploadPlan:
    return UploadPlan([], [FileUpload(objects.presign(f.disk), f.entry.sha256, f.entry.size) for f in files])


async def upload(
    uploader: Uploader,
    plan: UploadPlan,
    files: tuple[SourceFile, ...],
    tmp_path: Path,
    origins: list[str],
) -> int:
    sizes: list[int] = []
    await uploader.upload(plan, tmp_path / "project", files, origins, sizes.append)
    return sum(sizes)


async def test_everything_arrives_as_it_is(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path
) -> None:
    sent = await upload(uploader, plan_for(objects, files), files, tmp_path, [objects.origin])
    assert objects.objects == {f"{number}.ts": f"file {number}".encode() for number in range(9)}
    assert sent == sum(file.entry.size for file in files)


async def test_a_pack_holds_its_files_in_the_plans_order(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path
) -> None:
    order = [files[4], files[0], files[7]]
    pack = PackUpload(objects.presign("pack"), [file.entry.sha256 for file in order], 18)
    await upload(uploader, UploadPlan([pack], []), files, tmp_path, [objects.origin])
    assert objects.objects["pack"] == b"file 4file 0file 7"


async def test_only_a_few_uploads_run_at_once(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path
) -> None:
    full = asyncio.Event()

    async def hold(key: str) -> None:
        if objects.in_flight == PARALLEL:
            full.set()
        await full.wait()

    objects.on_put = hold
    await upload(uploader, plan_for(objects, files), files, tmp_path, [objects.origin])
    assert objects.most_in_flight == PARALLEL


@pytest.mark.parametrize("failure", [500, 503, 429, 408, None])
async def test_a_passing_failure_is_tried_again(
    uploader: Uploader,
    objects: FakeStore,
    files: tuple[SourceFile, ...],
    tmp_path: Path,
    failure: int | None,
) -> None:
    objects.script = [failure, failure]
    await upload(uploader, plan_for(objects, files[:1]), files, tmp_path, [objects.origin])
    assert objects.objects == {"0.ts": b"file 0"}


async def test_a_lasting_failure_is_told(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path
) -> None:
    objects.script = [503] * 10
    with pytest.raises(StoreUnreachable):
        await upload(uploader, plan_for(objects, files[:1]), files, tmp_path, [objects.origin])
    assert len(objects.puts) == 4


async def test_a_store_that_is_away_is_told(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path
) -> None:
    plan = plan_for(objects, files[:1])
    await objects.stop()
    with pytest.raises(StoreUnreachable):
        await upload(uploader, plan, files, tmp_path, [objects.origin])


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path, status: int
) -> None:
    objects.script = [status]
    with pytest.raises(UploadRefused):
        await upload(uploader, plan_for(objects, files[:1]), files, tmp_path, [objects.origin])
    assert len(objects.puts) == 1


async def test_an_expired_address_asks_for_a_new_plan(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path
) -> None:
    plan = plan_for(objects, files[:1])
    objects.expire()
    with pytest.raises(PlanExpired):
        await upload(uploader, plan, files, tmp_path, [objects.origin])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/bucket/x",
        "http://127.0.0.1.evil.test/bucket/x",
        "http://localhost:{port}/bucket/x",
        "http://127.0.0.1:{port}@evil.test/bucket/x",
        "http://user@127.0.0.1:{port}/bucket/x",
        "https://127.0.0.1:{port}/bucket/x",
        "http://store.test/bucket/x",
        "file:///etc/passwd",
        "//127.0.0.1:{port}/bucket/x",
        "",
    ],
)
async def test_only_the_listed_origins_are_dialled(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path, url: str
) -> None:
    first = files[0].entry
    plan = UploadPlan([], [FileUpload(url.format(port=objects.port), first.sha256, first.size)])
    with pytest.raises(UploadRefused):
        await upload(uploader, plan, files, tmp_path, [objects.origin, "http://store.test"])
    assert objects.puts == []


async def test_one_address_of_another_origin_stops_the_whole_plan_before_it_begins(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path
) -> None:
    last = files[1].entry
    good = plan_for(objects, files[:1])
    plan = UploadPlan([], [*good.files, FileUpload("http://127.0.0.1:1/x", last.sha256, last.size)])
    with pytest.raises(UploadRefused):
        await upload(uploader, plan, files, tmp_path, [objects.origin])
    assert objects.puts == []


async def test_a_plan_cannot_ask_for_other_files(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path
) -> None:
    plan = UploadPlan([PackUpload(objects.presign("pack"), ["0" * 64], 10)], [])
    with pytest.raises(UploadRefused, match="not part of the preview"):
        await upload(uploader, plan, files, tmp_path, [objects.origin])


@pytest.mark.parametrize(
    "name", ["Authorization", "cookie", "Host", "Transfer-Encoding", "X-HiveSync-Client"]
)
async def test_a_plan_cannot_choose_other_headers(
    uploader: Uploader, objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path, name: str
) -> None:
    first = files[0].entry
    plan = UploadPlan([], [FileUpload(objects.presign("x"), first.sha256, first.size, {name: "x"})])
    with pytest.raises(UploadRefused, match="header"):
        await upload(uploader, plan, files, tmp_path, [objects.origin])


async def test_a_proxy_is_never_asked_for_a_local_store(
    objects: FakeStore, files: tuple[SourceFile, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    uploader = Uploader(delays_seconds=())
    await upload(uploader, plan_for(objects, files[:1]), files, tmp_path, [objects.origin])
    await uploader.close()
    assert list(objects.objects) == ["0.ts"]


async def test_an_expired_plan_costs_no_preview(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    async def expire_once(key: str) -> None:
        backend.store.on_put = None
        backend.store.expire()

    backend.store.on_put = expire_once
    ended = await client.run(project)
    assert (ended.state, ended.version) == (PreviewState.READY, 2)
    assert len(backend.previews) == 1


async def test_a_health_answer_that_lists_no_store_sends_nothing(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    backend.origins = ["https://elsewhere.test"]
    ended = await client.run(project)
    assert ended.state is PreviewState.FAILED
    assert ended.error is not None
    assert "upload address" in ended.error.message
    assert backend.store.puts == []


@pytest.mark.parametrize(
    ("backend", "kept"),
    [("https://api.example", 1), ("http://127.0.0.1:4000", 4), ("http://localhost:4000", 4)],
)
def test_a_backend_elsewhere_has_no_say_over_what_listens_here(backend: str, kept: int) -> None:
    listed = ["https://r2.example", "http://127.0.0.1:631", "http://[::1]:631", "http://localhost:631"]
    assert list(allowed_origins(backend, listed)) == listed[:kept]
