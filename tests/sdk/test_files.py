"""Files go to the object store and come back whole, with progress, and nowhere that is not listed."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from hivesync import ApiError, AsyncClient, ResponseInvalid, Settings
from hivesync_contract.attachments import (
    Attachment,
    AttachmentCreated,
    AttachmentDownload,
    AttachmentState,
)
from hivesync_contract.health import Health
from hivesync_contract.limits import ATTACHMENT_PART_BYTES, ATTACHMENT_SINGLE_BYTES
from hivesync_contract.uploads import FileUploadPlan, ObjectUpload
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.scripted import ScriptedServer, endless, json_answer

NOW = datetime(2026, 11, 28, tzinfo=UTC)
ATTACHMENTS = "/api/v1/projects/p1/tasks/t1/attachments"
CONTENT = bytes(range(256)) * 3000


def attachment(content: bytes) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(
        "a1", "p1", "t1", "u1", "notes.bin", len(content), digest, "x/y", AttachmentState.READY, NOW, NOW
    )


@pytest.fixture
async def store() -> AsyncIterator[ScriptedServer]:
    """An object store that takes what it is sent."""
    async with ScriptedServer() as server:

        async def take(request: web.Request) -> web.StreamResponse:
            return web.Response(headers={"ETag": f'"{request.path}"'})

        for name in ("whole", "1", "2", "3"):
            server.on("PUT", f"/{name}", take)
        yield server


@pytest.fixture
def listed(agent: FakeAgent, store: ScriptedServer) -> None:
    """A backend that lists this store."""
    agent.on("GET", "/api/v1/health", json_answer(Health("ok", "0", "local", [store.origin])))


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file()]


def plan(agent: FakeAgent, content: bytes, upload: FileUploadPlan) -> None:
    agent.on("POST", ATTACHMENTS, json_answer(AttachmentCreated(attachment(content), upload), 201))
    agent.on("POST", f"{ATTACHMENTS}/a1/complete", json_answer(attachment(content)))


@pytest.mark.usefixtures("listed")
async def test_a_file_is_sent_at_once_with_progress_and_no_token(
    agent: FakeAgent, store: ScriptedServer, client: AsyncClient, tmp_path: Path
) -> None:
    path = tmp_path / "notes.bin"
    path.write_bytes(CONTENT)
    put = ObjectUpload(f"{store.origin}/whole", len(CONTENT), {"x-amz-checksum": "c"})
    plan(agent, CONTENT, FileUploadPlan(NOW, put))
    seen: list[tuple[int, int]] = []
    done = (
        await client.projects.tasks("p1")
        .attachments("t1")
        .upload(path, content_type="x/y", progress=lambda *now: seen.append(now))
    )
    (sent,) = store.requests
    assert (done.id, sent.body) == ("a1", CONTENT)
    assert (sent.headers["x-amz-checksum"], sent.headers["Content-Length"]) == ("c", str(len(CONTENT)))
    assert "Authorization" not in sent.headers
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert len(seen) > 2
    (announced,) = agent.asked("POST", ATTACHMENTS)
    assert announced.json()["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert announced.json()["name"] == "notes.bin"


@pytest.mark.usefixtures("listed")
async def test_a_large_file_goes_in_parts_whose_etags_are_told(
    agent: FakeAgent, store: ScriptedServer, client: AsyncClient, tmp_path: Path
) -> None:
    content = b"\x07" * (ATTACHMENT_SINGLE_BYTES + 5)
    (tmp_path / "large").write_bytes(content)
    sizes = [ATTACHMENT_PART_BYTES, ATTACHMENT_PART_BYTES, 5]
    parts = [ObjectUpload(f"{store.origin}/{number}", size) for number, size in enumerate(sizes, 1)]
    plan(agent, content, FileUploadPlan(NOW, None, parts))
    await client.projects.tasks("p1").attachments("t1").upload(tmp_path / "large")
    assert [len(each.body) for each in store.requests] == sizes
    (announced,) = agent.asked("POST", ATTACHMENTS)
    assert len(announced.json()["part_md5s"]) == 3
    (completed,) = agent.asked("POST", f"{ATTACHMENTS}/a1/complete")
    assert completed.json()["parts"] == [{"number": n, "etag": f'"/{n}"'} for n in (1, 2, 3)]


@pytest.mark.usefixtures("listed")
async def test_what_a_store_says_without_end_is_not_read(
    agent: FakeAgent, store: ScriptedServer, client: AsyncClient, tmp_path: Path
) -> None:
    (tmp_path / "x").write_bytes(CONTENT)
    store.on("PUT", "/whole", endless())
    plan(agent, CONTENT, FileUploadPlan(NOW, ObjectUpload(f"{store.origin}/whole", len(CONTENT))))
    assert (await client.projects.tasks("p1").attachments("t1").upload(tmp_path / "x")).id == "a1"


async def test_nothing_is_sent_to_a_place_that_the_backend_does_not_list(
    agent: FakeAgent, store: ScriptedServer, client: AsyncClient, tmp_path: Path
) -> None:
    (tmp_path / "x").write_bytes(CONTENT)
    agent.on("GET", "/api/v1/health", json_answer(Health("ok", "0", "local", ["https://store.example"])))
    plan(agent, CONTENT, FileUploadPlan(NOW, ObjectUpload(f"{store.origin}/whole", len(CONTENT))))
    with pytest.raises(ResponseInvalid, match="does not list"):
        await client.projects.tasks("p1").attachments("t1").upload(tmp_path / "x")
    assert store.requests == []


@pytest.mark.usefixtures("listed")
async def test_a_backend_elsewhere_has_no_say_over_what_listens_here(
    agent: FakeAgent, store: ScriptedServer, new_client: Callable[..., AsyncClient], tmp_path: Path
) -> None:
    agent.server_url = "https://api.example"
    agent.publish()
    (tmp_path / "x").write_bytes(CONTENT)
    plan(agent, CONTENT, FileUploadPlan(NOW, ObjectUpload(f"{store.origin}/whole", len(CONTENT))))
    found = AttachmentDownload(attachment(CONTENT), f"{store.origin}/whole", NOW)
    agent.on("GET", f"{ATTACHMENTS}/a1", json_answer(found))
    for settings in (Settings(server_url="https://api.example"), Settings(names_server=False)):
        attachments = new_client(settings=settings).projects.tasks("p1").attachments("t1")
        with pytest.raises(ResponseInvalid, match="has no say"):
            await attachments.upload(tmp_path / "x")
        with pytest.raises(ResponseInvalid, match="has no say"):
            await attachments.download("a1", tmp_path / "copy")
    assert store.requests == []


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("sent", "status"), [(CONTENT, 200), (CONTENT[:-1], 200), (CONTENT + b"x", 200), (b"gone", 404)]
)
async def test_a_download_appears_only_when_it_is_what_was_meant(
    agent: FakeAgent, store: ScriptedServer, client: AsyncClient, tmp_path: Path, sent: bytes, status: int
) -> None:
    async def give(_: web.Request) -> web.StreamResponse:
        return web.Response(body=sent, status=status)

    store.on("GET", "/whole", give)
    found = AttachmentDownload(attachment(CONTENT), f"{store.origin}/whole", NOW)
    agent.on("GET", f"{ATTACHMENTS}/a1", json_answer(found))
    download = client.projects.tasks("p1").attachments("t1").download("a1", tmp_path / "copy")
    if sent == CONTENT:
        assert (await download).name == "notes.bin"
        assert (tmp_path / "copy").read_bytes() == CONTENT
    else:
        with pytest.raises(ResponseInvalid):
            await download
    assert files_in(tmp_path) == ["copy"] * (sent == CONTENT)
    assert all("Authorization" not in each.headers for each in store.requests)


@pytest.mark.usefixtures("listed")
async def test_a_download_follows_no_link_that_lies_in_its_way(
    agent: FakeAgent, store: ScriptedServer, client: AsyncClient, tmp_path: Path
) -> None:
    async def give(_: web.Request) -> web.StreamResponse:
        return web.Response(body=CONTENT)

    store.on("GET", "/whole", give)
    found = AttachmentDownload(attachment(CONTENT), f"{store.origin}/whole", NOW)
    agent.on("GET", f"{ATTACHMENTS}/a1", json_answer(found))
    (tmp_path / "profile").write_text("mine")
    for name in (".copy.part", "copy"):
        (tmp_path / name).symlink_to(tmp_path / "profile")
    await client.projects.tasks("p1").attachments("t1").download("a1", tmp_path / "copy")
    assert (tmp_path / "profile").read_text() == "mine"
    assert not (tmp_path / "copy").is_symlink()
    assert (tmp_path / "copy").read_bytes() == CONTENT


async def test_what_is_still_being_uploaded_can_not_be_fetched(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", f"{ATTACHMENTS}/a1", json_answer(AttachmentDownload(attachment(b""), None, None)))
    with pytest.raises(ApiError, match="still being uploaded"):
        await client.projects.tasks("p1").attachments("t1").download("a1", "copy")
