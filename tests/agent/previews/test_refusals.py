"""What can't be previewed says so: at once where it can be known, else as the preview's end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hivesync_contract.errors import ErrorCode
from hivesync_contract.limits import SOURCE_TEXT_BYTES
from hivesync_contract.previews import PreviewState
from hivesync_dev.project_files import write_files
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.preview_client import PreviewClient, preview_client


async def refused(client: PreviewClient, path: Path | str, **extra: Any) -> tuple[int, str]:
    status, problem = await client.post(path, **extra)
    assert problem["detail"]
    return status, problem["code"]


async def test_nobody_signed_in(agent: RunningAgent, project: Path) -> None:
    async with preview_client(agent) as client:
        assert await refused(client, project) == (401, "AUTH_REQUIRED")


async def test_a_backend_that_is_away(client: PreviewClient, backend: FakePreviews, project: Path) -> None:
    await client.run(project)
    await backend.stop()
    assert await refused(client, project) == (503, "UPSTREAM_UNREACHABLE")


async def test_paths_that_name_no_project(client: PreviewClient, project: Path) -> None:
    empty = project.parent / "empty"
    empty.mkdir()
    assert await refused(client, "shop") == (422, "VALIDATION_ERROR")
    assert await refused(client, project / "missing") == (422, "VALIDATION_ERROR")
    assert await refused(client, project, entry="../other.tsx") == (422, "VALIDATION_ERROR")
    assert await refused(client, "/") == (403, "FORBIDDEN")
    assert await refused(client, empty) == (422, "PREVIEW_UNSUPPORTED")


async def test_the_agents_own_folders(client: PreviewClient, tmp_path: Path) -> None:
    for folder in ("run", "state"):
        assert await refused(client, tmp_path / folder) == (403, "FORBIDDEN")


async def test_a_framework_that_cannot_be_shown(client: PreviewClient, project: Path) -> None:
    write_files(project, {"package.json": {"dependencies": {"vue": "3"}}})
    status, problem = await client.post(project)
    assert (status, problem["code"]) == (422, "PREVIEW_UNSUPPORTED")
    assert "Vue" in problem["detail"]


@pytest.mark.parametrize("entry", ["App.vue", "main.dart", "notes.txt"])
async def test_a_file_that_cannot_be_shown_uploads_nothing(
    client: PreviewClient, backend: FakePreviews, project: Path, entry: str
) -> None:
    write_files(project, {entry: "text"})
    assert await refused(client, project, entry=entry) == (422, "PREVIEW_UNSUPPORTED")
    assert backend.store.puts == []
    assert backend.previews == {}


@pytest.mark.parametrize(
    "body", [{}, {"path": 1}, {"path": "/x", "platform": "fridge"}, {"path": "/x", "y": 1}]
)
async def test_a_body_that_does_not_fit(signed_in: RunningAgent, body: dict[str, object]) -> None:
    async with signed_in.http.post(f"{signed_in.url}/v1/previews", json=body) as answer:
        assert answer.status == 422


async def test_an_unknown_preview(client: PreviewClient) -> None:
    for preview_id in ("0199c1b2-0000-7000-8000-000000000009", "00000000-0000-0000-0000-00000000000g", "x"):
        assert (await client.get(preview_id))[0] == 404
        assert await client.delete(preview_id) == 404


async def test_too_much_source_text_is_told_before_anything_is_sent(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    write_files(project, {"src/huge.ts": "x" * (SOURCE_TEXT_BYTES + 1)})
    ended = await client.run(project)
    assert ended.error is not None
    assert (ended.state, ended.error.code) == (PreviewState.FAILED, ErrorCode.PAYLOAD_TOO_LARGE)
    assert "src/huge.ts" in ended.error.message
    assert not any("/previews" in seen.target for seen in backend.journal)


async def test_a_limit_of_the_tier_ends_the_preview_with_its_code(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    backend.refuse["previews"] = ErrorCode.TIER_LIMIT
    ended = await client.run(project)
    assert ended.error is not None
    assert ended.error.code is ErrorCode.TIER_LIMIT
    assert backend.store.puts == []


async def test_a_full_disk_is_told_and_leaves_no_half_preview(
    client: PreviewClient, backend: FakePreviews, project: Path, tmp_path: Path
) -> None:
    # A file where the folder should be fails every write, as a full disk does, for root too.
    (tmp_path / "state" / "previews").mkdir(parents=True, exist_ok=True)
    (tmp_path / "state" / "previews" / "default").write_text("")
    assert await refused(client, project) == (507, "STORAGE_FULL")
    assert (await client.get())[1]["items"] == []


async def test_a_project_reached_by_a_pipe_is_refused(client: PreviewClient, project: Path) -> None:
    os.mkfifo(project / "pipe.tsx")
    assert await refused(client, project / "pipe.tsx") == (422, "VALIDATION_ERROR")
