"""`/v1/projects`: link a folder, see its files, be told of changes, unlink it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hivesync_agent.events.bus import EventBus
from hivesync_contract.local_projects import ProjectChangedEvent
from hivesync_dev.project_files import write_files
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.preview_client import PreviewClient
from hivesync_dev.waiting import until


async def call(
    running: RunningAgent, method: str, path: str = "", body: object = None
) -> tuple[int, dict[str, Any]]:
    url = f"{running.url}/v1/projects{path}"
    async with running.http.request(method, url, json=body) as answer:
        return answer.status, (await answer.json(content_type=None)) if answer.status != 204 else {}


async def linked(running: RunningAgent, project: Path, **more: object) -> dict[str, Any]:
    status, answer = await call(running, "POST", body={"path": str(project), **more})
    assert status == 201, answer
    return answer


async def test_a_linked_folder_is_watched_and_told(signed_in: RunningAgent, project: Path) -> None:
    link = await linked(signed_in, project)
    assert (link["root"], link["name"]) == (str(project), "shop")

    async def watched() -> bool:
        _, page = await call(signed_in, "GET")
        return [each["watch"]["mode"] for each in page["items"]] == ["events"]

    await until(watched)
    changed = asyncio.create_task(next_change(signed_in.agent.bus, "src/main.tsx"))
    await asyncio.sleep(0)
    (project / "src" / "main.tsx").write_text("export default 1;\n")
    event = await changed
    assert (event.project_id, event.root) == (link["id"], str(project))


async def next_change(bus: EventBus, file: str) -> ProjectChangedEvent:
    subscription = bus.subscribe(None)
    try:
        async with asyncio.timeout(20):
            while True:
                for event in await subscription.next():
                    if event.type == "project.changed":
                        change = msgspec.json.decode(event.data, type=ProjectChangedEvent)
                        if file in change.files:
                            return change
    finally:
        bus.unsubscribe(subscription)


async def test_its_files_come_in_pages_with_hashes(signed_in: RunningAgent, project: Path) -> None:
    (project / ".env").write_text("SECRET=1")
    link = await linked(signed_in, project)
    _, whole = await call(signed_in, "GET", f"/{link['id']}/files")
    paths = [file["path"] for file in whole["files"]]
    assert sorted(paths) == ["index.html", "package.json", "src/hero.png", "src/main.tsx"]
    assert (whole["skipped"], whole["next_cursor"]) == ([".env"], None)
    _, first = await call(signed_in, "GET", f"/{link['id']}/files?limit=1")
    _, second = await call(signed_in, "GET", f"/{link['id']}/files?limit=1&cursor={first['next_cursor']}")
    assert [*first["files"], *second["files"]] == whole["files"]


async def test_a_folder_can_be_linked_to_a_project_that_exists(
    signed_in: RunningAgent, project: Path, backend: FakePreviews
) -> None:
    other = await linked(signed_in, project / "src")
    link = await linked(signed_in, project, project_id=other["id"])
    assert link["id"] == other["id"]
    status, answer = await call(signed_in, "POST", body={"path": str(project), "project_id": "none"})
    assert (status, answer["code"]) == (404, "NOT_FOUND")


async def test_an_unlinked_folder_is_forgotten_and_found_again(
    signed_in: RunningAgent, project: Path
) -> None:
    link = await linked(signed_in, project)
    await call(signed_in, "GET", f"/{link['id']}/files")
    assert (await call(signed_in, "DELETE", f"/{link['id']}"))[0] == 204
    assert (await call(signed_in, "GET"))[1]["items"] == []
    for method, path in (("DELETE", ""), ("GET", "/files")):
        assert (await call(signed_in, method, f"/{link['id']}{path}"))[0] == 404
    assert (await linked(signed_in, project))["id"] == link["id"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("relative", "VALIDATION_ERROR"),
        ("/no/such/folder", "VALIDATION_ERROR"),
        ("/", "FORBIDDEN"),
        ("/tmp/../etc", "VALIDATION_ERROR"),
        ("{project}/index.html", "VALIDATION_ERROR"),
        ("{state}", "FORBIDDEN"),
    ],
)
async def test_what_is_no_project_is_refused(
    signed_in: RunningAgent, project: Path, tmp_path: Path, path: str, code: str
) -> None:
    (tmp_path / "state").mkdir(exist_ok=True)
    asked = path.format(project=project, state=tmp_path / "state")
    for body in ({"path": asked}, {"path": str(project), "workspace_roots": [asked]}):
        _, answer = await call(signed_in, "POST", body=body)
        assert answer["code"] == code


async def test_nobody_signed_in_has_no_projects(agent: RunningAgent, project: Path) -> None:
    status, answer = await call(agent, "POST", body={"path": str(project)})
    assert (status, answer["code"]) == (401, "AUTH_REQUIRED")


async def test_a_preview_reads_the_folders_that_were_approved_with_the_link(
    signed_in: RunningAgent, client: PreviewClient, backend: FakePreviews, project: Path, tmp_path: Path
) -> None:
    write_files(tmp_path / "shared", {"a.ts": "export const a = 1"})
    (project / "src" / "main.tsx").write_text("import './out'; import '../../shared/a'")
    (project / "src" / "out.ts").symlink_to(tmp_path / "shared" / "a.ts")
    refused = await client.run(project)
    assert refused.error is not None
    assert (refused.error.code, refused.state) == ("FORBIDDEN", "failed")
    assert f"hivesync link {project} --root {tmp_path / 'shared'}" in refused.error.message

    link = await linked(signed_in, project, workspace_roots=[str(tmp_path / "shared")])
    assert link["workspace_roots"] == [str(tmp_path / "shared")]
    assert (await client.run(project)).state == "ready"
    (kept,) = backend.created()
    assert [file.path for file in kept.body.files if not file.path.startswith("shop/")] == ["shared/a.ts"]
    assert kept.body.entry == "shop/index.html"


async def test_a_workspace_root_that_nothing_could_hold_with_the_project_is_refused(
    signed_in: RunningAgent, project: Path
) -> None:
    body = {"path": str(project), "workspace_roots": ["/usr/share"]}
    status, answer = await call(signed_in, "POST", body=body)
    assert (status, answer["code"]) == (403, "FORBIDDEN")
    assert "/usr/share" in answer["detail"]


async def test_files_of_approved_folders_come_with_their_root_and_their_saves_are_told(
    signed_in: RunningAgent, project: Path, tmp_path: Path
) -> None:
    shared = write_files(tmp_path / "shared", {"a.ts": "1", "deep/b.ts": "2", ".env": "S=1"})
    link = await linked(signed_in, project, workspace_roots=[str(shared)])
    pages, query = [], "?limit=1"
    while query:
        _, page = await call(signed_in, "GET", f"/{link['id']}/files{query}")
        pages.append(page)
        cursor = page["next_cursor"]
        query = f"?limit=1&cursor={quote(cursor)}" if cursor is not None else ""
    assert [(page["root"], [file["path"] for file in page["files"]], page["skipped"]) for page in pages] == [
        (str(project), ["index.html", "package.json"], []),
        (str(project), ["src/hero.png", "src/main.tsx"], []),
        (str(shared), ["a.ts"], [".env"]),
        (str(shared), ["deep/b.ts"], [".env"]),
    ]
    changed = asyncio.create_task(next_change(signed_in.agent.bus, "deep/b.ts"))
    await asyncio.sleep(0)
    (shared / "deep" / "b.ts").write_text("changed")
    event = await changed
    assert (event.project_id, event.root) == (link["id"], str(shared))
