"""What was accepted survives: a full disk, damage, and clients that leave."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from hivesync.credentials.store import MemoryStore
from hivesync_agent.offline.store import EntryStore
from hivesync_agent.settings import AgentSettings
from hivesync_dev.full_disk import fill, small_disk
from hivesync_dev.servers.agents import running_agent
from hivesync_dev.servers.editor import Editor
from hivesync_dev.servers.fake_changes import FakeChanges
from hivesync_dev.waiting import until


def journal_of(settings: AgentSettings) -> Path:
    """Give the folder of the account's changes."""
    return settings.account.operations_folder(settings.locations.state)


async def test_its_files_are_the_users_alone_and_hold_no_token(
    editor: Editor, backend: FakeChanges, settings: AgentSettings
) -> None:
    await backend.stop()
    await editor.rename("Shop")
    folder = journal_of(settings)
    (file,) = await asyncio.to_thread(lambda: list(folder.iterdir()))
    assert [path.stat().st_mode & 0o777 for path in (folder, file)] == [0o700, 0o600]
    content = await asyncio.to_thread(file.read_text)
    assert not any(token in content for token in [*backend.identity.issued, editor.running.token])


async def test_a_full_journal_says_so(
    editor: Editor, backend: FakeChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hivesync_agent.offline.journal.OPERATIONS", 1)
    await backend.stop()
    assert (await editor.rename("one"))[0] == 202
    status, problem = await editor.rename("two")
    assert (status, problem["code"]) == (507, "STORAGE_FULL")


@pytest.mark.skipif(sys.platform == "win32", reason="no tmpfs on Windows")
async def test_a_full_disk_is_told_and_what_is_told_is_true(
    editor: Editor, backend: FakeChanges, settings: AgentSettings
) -> None:
    await backend.stop()
    with small_disk(journal_of(settings), 32) as disk:
        ballast = await asyncio.to_thread(fill, disk)
        status, problem = await editor.rename("lost")
        assert (status, problem["code"]) == (507, "STORAGE_FULL")
        await asyncio.to_thread(ballast.unlink)
        assert (await editor.rename("kept"))[0] == 202
        await backend.start()
        await editor.settled()
    assert [effect.body["name"] for effect in backend.effects] == ["kept"]


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b"0" * 64 + b"\n{}"])
async def test_damage_is_kept_aside_and_told_and_hinders_nothing(
    settings: AgentSettings, store: MemoryStore, backend: FakeChanges, damage: bytes
) -> None:
    async with running_agent(settings, store) as running:
        editor = Editor(running)
        await editor.sign_in()
        await backend.stop()
        damaged, _ = [(await editor.rename(name))[1]["operation_id"] for name in ("one", "two")]
    file = journal_of(settings) / f"{damaged}.json"
    await asyncio.to_thread(file.write_bytes, damage)
    await backend.start()
    async with running_agent(settings, store) as running:
        editor = Editor(running)
        await editor.settled()
        _, page = await editor.send("GET", "/v1/operations")
        assert page["damaged"] == [f"{damaged}.json.damaged"]
    assert [effect.body["name"] for effect in backend.effects] == ["two"]
    kept = file.with_name(f"{damaged}.json.damaged")
    assert await asyncio.to_thread(kept.read_bytes) == damage


async def test_one_altered_character_is_damage(
    settings: AgentSettings, store: MemoryStore, backend: FakeChanges
) -> None:
    async with running_agent(settings, store) as running:
        editor = Editor(running)
        await editor.sign_in()
        await backend.stop()
        await editor.rename("Shop")
    (file,) = await asyncio.to_thread(lambda: list(journal_of(settings).iterdir()))
    content = await asyncio.to_thread(file.read_bytes)
    await asyncio.to_thread(file.write_bytes, content.replace(b'"PATCH"', b'"PATCh"'))
    stored = await EntryStore(journal_of(settings)).load()
    assert (stored.entries, stored.damaged) == ([], [f"{file.name}.damaged"])


async def test_what_a_killed_agent_was_just_writing_is_swept_away(settings: AgentSettings) -> None:
    folder = journal_of(settings)
    unfinished = folder / ".0199c1b2-0000-7000-8000-000000000009.json.abc.unfinished"
    await asyncio.to_thread(folder.mkdir, parents=True)
    await asyncio.to_thread(unfinished.write_bytes, b"half")
    stored = await EntryStore(folder).load()
    assert (stored.entries, stored.damaged, list(folder.iterdir())) == ([], [], [])


async def test_a_client_that_leaves_takes_nothing_along(
    editor: Editor, backend: FakeChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    save = EntryStore.save

    async def slowly(self: EntryStore, entry: object) -> None:
        begun.set()
        await may_end.wait()
        await save(self, entry)  # type: ignore[arg-type]

    monkeypatch.setattr(EntryStore, "save", slowly)
    await backend.stop()
    leaving = asyncio.create_task(editor.rename("Shop"))
    await begun.wait()
    leaving.cancel()
    await asyncio.wait({leaving})
    await asyncio.sleep(0.05)  # the agent hears of it
    may_end.set()
    assert await until(editor.operations)
    await backend.start()
    await editor.settled()
    assert len(backend.effects) == 1
