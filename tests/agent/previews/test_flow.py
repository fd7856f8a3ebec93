"""From a path to `ready`: what is sent, where, and what is told on the way."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hivesync_contract.errors import Diagnostic, ErrorCode
from hivesync_contract.limits import PACKED_FILE_BYTES
from hivesync_contract.previews import PreviewError, PreviewKind, PreviewState
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.preview_client import PreviewClient


async def test_a_project_becomes_a_phone_link(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    status, first = await client.post(project)
    assert status == 202
    assert first["preview_url"].startswith("http://127.0.0.1:8787/p/")
    assert first["qr_svg"].startswith("<svg")
    assert first["qr_png"].startswith("data:image/png;base64,")
    assert "▀" in first["qr_text"]
    assert (first["root"], first["entry"]) == (str(project), "index.html")

    ended = await client.ended(first["id"])
    assert ended.state is PreviewState.READY
    assert ended.uploaded_bytes == ended.total_bytes > PACKED_FILE_BYTES


async def test_each_state_is_told_in_order(client: PreviewClient, project: Path) -> None:
    ended = await client.run(project)
    states = [preview.state for preview in client.heard if preview.id == ended.id]
    assert [state for state, _ in groupby(states)] == ["preparing", "uploading", "building", "ready"]
    assert client.heard[-1].preview_url


async def test_the_manifest_names_every_file_with_its_hash(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    await client.run(project, platform="android")
    (kept,) = backend.created()
    assert [file.path for file in kept.body.files] == [
        "index.html",
        "package.json",
        "src/hero.png",
        "src/main.tsx",
    ]
    assert (kept.body.kind, kept.body.entry, kept.body.platform) == (PreviewKind.WEB, "index.html", "android")
    assert kept.body.title == "shop"


async def test_small_files_travel_in_one_pack_and_large_ones_alone(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    await client.run(project)
    pack, large = sorted(backend.store.puts, key=lambda put: put.size)
    assert pack.key.endswith("/pack-0")
    assert large.key.startswith("sources/")
    # The backend has cut the pack by the manifest's sizes and found every hash right.
    assert len(backend.sources) == 4


async def test_a_second_preview_sends_only_what_changed(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    await client.run(project)
    backend.store.puts.clear()
    (project / "src" / "main.tsx").write_text("export default () => <h1>New</h1>;\n")
    second = await client.run(project)
    assert second.state is PreviewState.READY
    assert [put.size for put in backend.store.puts] == [len("export default () => <h1>New</h1>;\n")]


async def test_an_unchanged_project_sends_nothing(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    await client.run(project)
    backend.store.puts.clear()
    assert (await client.run(project)).state is PreviewState.READY
    assert backend.store.puts == []


async def test_uploads_never_carry_a_credential(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    await client.run(project)
    for put in backend.store.puts:
        names = {name.lower() for name in put.headers}
        assert names <= {"host", "content-length", "x-amz-checksum-sha256"}


async def test_secrets_stay_here_and_are_named(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    (project / ".env").write_text("SECRET=canary\nVITE_NAME=Shop")
    ended = await client.run(project)
    assert ended.skipped == [".env"]
    (kept,) = backend.created()
    assert kept.body.env == {"VITE_NAME": "Shop"}
    assert b"canary" not in b"".join(backend.store.objects.values())
    assert not any(b"canary" in seen.body for seen in backend.journal)


async def test_one_folder_is_one_project_of_the_backend(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    first, second = await client.run(project), await client.run(project / "src" / "main.tsx")
    assert first.project_id == second.project_id
    assert [each.name for each in backend.projects.values()] == ["shop"]


async def test_a_project_deleted_on_the_server_is_made_anew(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    first = await client.run(project)
    del backend.projects[first.project_id]
    second = await client.run(project)
    assert second.state is PreviewState.READY
    assert second.project_id in backend.projects


async def test_a_build_error_names_its_place(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    backend.outcome = "hold"
    _, first = await client.post(project)
    building = await client.until(first["id"], "building")
    place = Diagnostic("Expected ;", "src/main.tsx", 2, 7, "code", "hint")
    error = PreviewError(ErrorCode.PREVIEW_BUILD_FAILED, "Expected ;", place)
    backend.finish(building.preview_id, PreviewState.FAILED, error)
    ended = await client.ended(first["id"])
    assert (ended.state, ended.error) == (PreviewState.FAILED, error)


async def test_a_delay_of_the_build_is_told_while_it_lasts(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    backend.outcome = "hold"
    _, first = await client.post(project)
    building = await client.until(first["id"], "building")
    delay = PreviewError(ErrorCode.UPSTREAM_UNREACHABLE, "The build service can't be reached.")
    backend.finish(building.preview_id, PreviewState.BUILDING, delay)
    backend.finish(building.preview_id, PreviewState.READY)
    ended = await client.ended(first["id"])
    assert delay in [preview.error for preview in client.heard]
    assert (ended.state, ended.error) == (PreviewState.READY, None)


async def test_an_outcome_that_no_event_tells_is_asked_for(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    backend.silent = True
    assert (await client.run(project)).state is PreviewState.READY


async def test_previews_are_listed_newest_first(client: PreviewClient, project: Path) -> None:
    first, second = await client.run(project), await client.run(project)
    status, page = await client.get()
    assert status == 200
    assert [preview["id"] for preview in page["items"]] == [second.id, first.id]
    assert (await client.get(first.id))[1]["state"] == "ready"


async def test_an_idempotency_key_gives_the_same_preview(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    (_, first), (_, again) = await client.post(project, key="k1"), await client.post(project, key="k1")
    assert first["id"] == again["id"]
    await client.ended(first["id"])
    assert len(backend.previews) == 1
    status, problem = await client.post(project, key="k1", platform="web")
    assert (status, problem["code"]) == (422, "IDEMPOTENCY_CONFLICT")


async def test_linked_projects_and_their_files_can_be_seen(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    ended = await client.run(project)
    url = f"{client.running.url}/v1/projects"
    async with client.running.http.get(url) as answer:
        (item,) = (await answer.json())["items"]
    assert (item["id"], item["root"], item["name"]) == (ended.project_id, str(project), "shop")
    async with client.running.http.get(f"{url}/{ended.project_id}/files") as answer:
        files: list[dict[str, Any]] = (await answer.json())["files"]
        assert [file["path"] for file in files] == [file.path for file in backend.created()[0].body.files]
    async with client.running.http.get(f"{url}/0199c1b2-0000-7000-8000-000000000009/files") as answer:
        assert answer.status == 404


async def test_an_old_link_is_renewed_when_it_is_asked_for(
    client: PreviewClient, backend: FakePreviews, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = await client.run(project)
    backend.renew_links()
    assert (await client.get(ended.id))[1]["preview_url"] == ended.preview_url
    monkeypatch.setattr("hivesync_agent.previews.service.LINK_FRESH_SECONDS", -1.0)
    renewed = (await client.get(ended.id))[1]
    assert renewed["preview_url"].endswith("-renewed")
    assert renewed["qr_text"] != ended.qr_text
