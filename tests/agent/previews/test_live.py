"""A live preview: each save gives the same link another version, until it is stopped."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import msgspec
import pytest
from hivesync.credentials.store import MemoryStore
from hivesync_agent.settings import AgentSettings
from hivesync_contract.errors import Diagnostic, ErrorCode
from hivesync_contract.events import EventType
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.local_diagnostics import PreviewDiagnosticsEvent
from hivesync_contract.previews import FINAL_STATES, PreviewError, PreviewState
from hivesync_dev.project_files import write_files
from hivesync_dev.servers.agents import RunningAgent, running_agent
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.preview_client import PreviewClient, preview_client
from hivesync_dev.waiting import until


def save(path: Path, text: str) -> None:
    """Save a file in one step, as editors do: an empty one in between could be a version of its own."""
    fresh = path.with_name(f".{path.name}.tmp")
    fresh.write_text(text)
    fresh.replace(path)


async def version(client: PreviewClient, preview_id: str, number: int) -> LocalPreview:
    """Wait until a version has ended."""

    async def ended() -> LocalPreview | None:
        status, body = await client.get(preview_id)
        if status != 200:
            return None  # an agent that has just started knows its previews a moment later
        preview = msgspec.convert(body, LocalPreview, strict=False)
        return preview if preview.version == number and preview.state in FINAL_STATES else None

    preview = await until(ended)
    assert preview is not None
    return preview


async def begun(client: PreviewClient, project: Path) -> LocalPreview:
    """Start a live preview and wait until its project is watched."""
    _, body = await client.post(project, live=True)
    preview = await version(client, body["id"], 1)
    assert preview.live
    await asyncio.sleep(0.8)
    return preview


async def test_a_save_gives_the_next_version_under_the_same_link(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    first = await begun(client, project)
    backend.store.puts.clear()
    save(project / "src" / "main.tsx", 'import "./hero.png"; export default 2;\n')
    second = await version(client, first.id, 2)
    assert (second.state, second.preview_id, second.project_id) == (
        *(PreviewState.READY, first.preview_id, first.project_id),
    )
    assert len(backend.created()) == 1
    assert [put.size for put in backend.store.puts] == [len('import "./hero.png"; export default 2;\n')]


async def test_files_that_come_back_are_a_version_again(client: PreviewClient, project: Path) -> None:
    first = await begun(client, project)
    before = (project / "src" / "main.tsx").read_text()
    for number, text in ((2, "export default 2;\n"), (3, before), (4, "export default 2;\n")):
        save(project / "src" / "main.tsx", text)
        assert (await version(client, first.id, number)).state is PreviewState.READY


async def test_what_the_preview_does_not_show_gives_no_version(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    first = await begun(client, project)
    write_files(project, {"notes.sql": "x", "node_modules/x/i.js": "y", ".env": "S=1"})
    save(project / "index.html", (project / "index.html").read_text())
    await asyncio.sleep(0.5)
    save(project / "src" / "main.tsx", "export default 2;\n")
    await version(client, first.id, 2)
    assert [kept.preview.version for kept in backend.created()] == [2]


async def test_a_build_error_is_told_to_editors_and_cleared_by_the_next_good_version(
    client: PreviewClient, backend: FakePreviews, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hivesync")
    first = await begun(client, project)
    backend.outcome = "hold"
    save(project / "src" / "main.tsx", "let x x\n")
    await until(lambda: _state(client, first.id, "building"))
    place = Diagnostic("Expected ;", "src/main.tsx", 1, 7, hint="Add one")
    backend.finish(
        first.preview_id,
        PreviewState.FAILED,
        PreviewError(ErrorCode.PREVIEW_BUILD_FAILED, "Expected ;", place),
    )
    failed = await version(client, first.id, 2)
    (found,) = failed.diagnostics
    assert (found.path, found.file, found.line, found.column) == (
        *(str(project / "src" / "main.tsx"), "src/main.tsx", 1, 7),
    )
    assert (found.message, found.code, found.hint) == ("Expected ;", "PREVIEW_BUILD_FAILED", "Add one")
    assert failed.live
    logged = [vars(record) for record in caplog.records if record.message == "preview ended"]
    assert [(each["version"], each["state"]) for each in logged] == [(1, "ready"), (2, "failed")]

    backend.outcome = "ready"
    save(project / "src" / "main.tsx", "let x;\n")
    good = await version(client, first.id, 3)
    assert (good.state, good.diagnostics, good.error) == (PreviewState.READY, [], None)
    said = await diagnostics_told(client)
    assert [len(said[number].diagnostics) for number in (1, 2, 3)] == [0, 1, 0]


async def test_warnings_of_a_build_are_told_to_editors_until_they_are_gone(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    replaced = Diagnostic('"expo" is replaced', "src/main.tsx", 1, 8, hint="Nothing needs to be done.")
    backend.warnings = [replaced, Diagnostic("Of no file")]
    first = await begun(client, project)
    at_a_place, of_no_file = first.warnings
    assert (at_a_place.path, at_a_place.file, at_a_place.line, at_a_place.column) == (
        *(str(project / "src" / "main.tsx"), "src/main.tsx", 1, 8),
    )
    assert (at_a_place.message, at_a_place.hint) == (replaced.message, replaced.hint)
    assert (of_no_file.path, of_no_file.message) == ("", "Of no file")
    assert (first.state, first.diagnostics) == (PreviewState.READY, [])

    backend.warnings = []
    save(project / "src" / "main.tsx", "export default 2;\n")
    assert (await version(client, first.id, 2)).warnings == []
    said = await diagnostics_told(client)
    assert [[each.message for each in said[number].warnings] for number in (1, 2)] == [
        *([replaced.message, "Of no file"], []),
    ]


async def diagnostics_told(client: PreviewClient) -> dict[int, PreviewDiagnosticsEvent]:
    """Give what editors were told last of each version."""
    said: dict[int, PreviewDiagnosticsEvent] = {}
    for event in await client.subscription.next():
        if event.type == EventType.PREVIEW_DIAGNOSTICS:
            heard = msgspec.json.decode(event.data, type=PreviewDiagnosticsEvent)
            said[heard.version] = heard
    return said


async def _state(client: PreviewClient, preview_id: str, state: str) -> bool:
    return bool((await client.get(preview_id))[1]["state"] == state)


async def test_a_stopped_one_keeps_what_it_shows(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    first = await begun(client, project)
    async with client.running.http.post(f"{client.running.url}/v1/previews/{first.id}/stop") as answer:
        stopped = await answer.json()
    assert (stopped["live"], stopped["state"], stopped["version"]) == (False, "ready", 1)
    save(project / "src" / "main.tsx", "export default 2;\n")
    await asyncio.sleep(0.7)
    assert [kept.preview.version for kept in backend.created()] == [1]


async def test_a_removed_one_is_gone_everywhere(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    first = await begun(client, project)
    assert await client.delete(first.id) == 204
    assert (backend.created(), (await client.get())[1]["items"]) == ([], [])


@pytest.mark.parametrize("code", [ErrorCode.TIER_LIMIT, ErrorCode.PREVIEW_EXPIRED])
async def test_what_no_save_can_mend_ends_it(
    client: PreviewClient, backend: FakePreviews, project: Path, code: ErrorCode
) -> None:
    first = await begun(client, project)
    backend.refuse["versions"] = code
    save(project / "src" / "main.tsx", "export default 2;\n")

    async def ended() -> bool:
        return (await client.get(first.id))[1]["live"] is False

    await until(ended)
    assert (await client.get(first.id))[1]["error"]["code"] == code


async def test_it_goes_on_after_a_restart(
    client: PreviewClient, settings: AgentSettings, store: MemoryStore, project: Path
) -> None:
    first = await begun(client, project)
    client.running.agent.switch.stop()
    await until(lambda: _refuses(client.running))
    save(project / "src" / "main.tsx", "export default 2;\n")
    async with running_agent(settings, store) as again, preview_client(again) as later:
        assert (await version(later, first.id, 2)).state is PreviewState.READY


async def test_a_save_while_the_file_store_is_away_is_shown_when_it_is_back(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    first = await begun(client, project)
    await backend.store.stop()
    save(project / "src" / "main.tsx", "export default 2;\n")
    await until(lambda: _state(client, first.id, "failed"))
    await backend.store.start()
    await until(lambda: _state(client, first.id, "ready"))
    assert (await client.get(first.id))[1]["version"] > 1


async def test_an_agent_that_was_restarted_makes_no_version_of_what_is_shown(
    client: PreviewClient,
    backend: FakePreviews,
    settings: AgentSettings,
    store: MemoryStore,
    project: Path,
) -> None:
    first = await begun(client, project)
    client.running.agent.switch.stop()
    await until(lambda: _refuses(client.running))
    async with running_agent(settings, store) as again, preview_client(again) as later:
        assert (await version(later, first.id, 1)).live
        await asyncio.sleep(0.8)
        save(project / "src" / "main.tsx", "export default 2;\n")
        await version(later, first.id, 2)
    assert [kept.preview.version for kept in backend.created()] == [2]


async def _refuses(running: RunningAgent) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", running.port)
    except OSError:
        return True
    writer.close()
    return False


async def test_a_lone_file_is_refused(client: PreviewClient, tmp_path: Path) -> None:
    write_files(tmp_path / "downloads", {"page.html": "<p>"})
    status, problem = await client.post(tmp_path / "downloads" / "page.html", live=True)
    assert (status, problem["code"]) == (422, "PREVIEW_UNSUPPORTED")
    assert "project" in problem["detail"]


@pytest.fixture
def workspace(project: Path) -> Path:
    """The project as an app of a workspace, beside a package that it imports and one that it does not."""
    root = project.parent / "mono"
    write_files(root, {"package.json": {"workspaces": ["apps/*", "packages/*"]}})
    write_files(root / "packages/ui", {"package.json": "{}", "a.ts": "export const a = 1"})
    write_files(root / "packages/other", {"package.json": "{}", "a.ts": "export const a = 1"})
    (root / "apps").mkdir()
    project.rename(root / "apps" / "shop")
    save(root / "apps/shop/src/main.tsx", "import '../../../packages/ui/a'; export default 1;")
    return root


async def watched_workspace(client: PreviewClient, workspace: Path) -> LocalPreview:
    """Start a live preview of the app and see it follow, so that no first look is under way any more."""
    first = await begun(client, workspace / "apps/shop")
    main = workspace / "apps/shop/src/main.tsx"
    save(main, main.read_text().replace("default 1", "default 2"))
    await version(client, first.id, 2)
    return first


async def test_a_save_in_a_package_of_the_workspace_gives_the_next_version(
    client: PreviewClient, backend: FakePreviews, workspace: Path
) -> None:
    first = await watched_workspace(client, workspace)
    backend.store.puts.clear()
    save(workspace / "packages/other/a.ts", "not of it")
    save(workspace / "packages/ui/a.ts", "export const a = 22")
    third = await version(client, first.id, 3)
    assert (third.state, third.root) == (PreviewState.READY, str(workspace / "apps/shop"))
    assert [put.size for put in backend.store.puts] == [len("export const a = 22")]


async def test_a_package_that_is_used_later_is_watched_from_then_on(
    client: PreviewClient, workspace: Path
) -> None:
    first = await watched_workspace(client, workspace)
    main = workspace / "apps/shop/src/main.tsx"
    save(main, "import '../../../packages/other/a'; export default 3;")
    await version(client, first.id, 3)

    async def saved() -> bool:
        # What is saved before the watch has begun tells nobody, so it is saved until it is noticed.
        save(workspace / "packages/other/a.ts", f"export const a = {asyncio.get_running_loop().time()}")
        return bool((await client.get(first.id))[1]["version"] > 3)

    await until(saved)


async def test_an_import_that_leads_out_can_be_taken_back(
    client: PreviewClient, workspace: Path, tmp_path: Path
) -> None:
    first = await begun(client, workspace / "apps/shop")
    write_files(tmp_path, {"elsewhere/a.ts": "canary"})
    (workspace / "apps/shop/src/out.ts").symlink_to(tmp_path / "elsewhere" / "a.ts")
    main = workspace / "apps/shop/src/main.tsx"
    good = main.read_text()
    save(main, "import './out'")
    await until(lambda: _state(client, first.id, "failed"))
    save(main, good + "// again")
    await until(lambda: _state(client, first.id, "ready"))


async def test_a_public_value_of_an_env_file_makes_a_version_and_its_secrets_do_not(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    write_files(project, {".env": "VITE_NAME=one\nSECRET=canary-1\n"})
    first = await begun(client, project)
    backend.store.puts.clear()
    save(project / ".env", "VITE_NAME=one\nSECRET=canary-2\n")
    await asyncio.sleep(0.5)
    save(project / ".env", "VITE_NAME=two\nSECRET=canary-3\n")
    assert (await version(client, first.id, 2)).state is PreviewState.READY
    (kept,) = backend.created()
    assert (kept.preview.version, kept.body.env, backend.store.puts) == (2, {"VITE_NAME": "two"}, [])
    save(project / ".env.local", "VITE_NAME=three\n")
    await version(client, first.id, 3)
    assert backend.created()[0].body.env == {"VITE_NAME": "three"}
