"""What was accepted survives: a full disk, damage, clients that leave, and `kill -9` at any point."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
import pytest
from hivesync.credentials.store import MemoryStore
from hivesync_agent.offline.store import EntryStore
from hivesync_agent.settings import AgentSettings
from hivesync_dev.full_disk import fill, small_disk
from hivesync_dev.servers.agents import (
    CLIENT,
    AgentProcess,
    environment_in,
    running_agent,
    start_agent_process,
)
from hivesync_dev.servers.editor import PROJECT, Editor
from hivesync_dev.servers.fake_changes import FakeChanges
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.waiting import until


def journal_of(settings: AgentSettings) -> Path:
    """Give the folder of the account's changes."""
    return settings.locations.state / "operations" / settings.account.digest


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
    unfinished = folder / ".0199c1b2-0000-7000-8000-000000000009.json.abc"
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


CHANGES = 12


@pytest.mark.parametrize("milliseconds", [0, 7, 15, 30, 60, 120])
async def test_killing_the_agent_at_any_point_loses_and_doubles_nothing(
    backend: FakeChanges, tmp_path: Path, milliseconds: int
) -> None:
    environment = environment_in(tmp_path, backend.url)
    async with killed_agent(environment) as (agent, api):
        await backend.stop()
        accepted = await accept_until_killed(agent, api, milliseconds / 1000)

    async def slow() -> None:
        await asyncio.sleep(0.01)

    backend.on_change = slow
    await backend.start()
    for _ in range(2):
        async with killed_agent(environment):
            await asyncio.sleep(0.02 + milliseconds / 1000)
    async with killed_agent(environment) as (_, api):
        await until(api.is_settled)
    assert backend.doubled() == []
    assert [effect.key for effect in backend.effects if effect.key in accepted] == accepted


class Api:
    """The local API of an agent process."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url

    async def is_settled(self) -> bool:
        async with self.http.get(f"{self.url}/v1/operations") as answer:
            page = await answer.json()
            return not page["items"] and not page["of_other_accounts"]


async def accept_until_killed(agent: AgentProcess, api: Api, after_seconds: float) -> list[str]:
    """Rename again and again until the agent is killed; give the keys of what it accepted."""
    accepted: list[str] = []
    asyncio.get_running_loop().call_later(after_seconds, agent.process.send_signal, signal.SIGKILL)
    with contextlib.suppress(aiohttp.ClientError):
        for number in range(CHANGES):
            key = f"k{number}"
            body = {"name": f"name {number}"}
            async with api.http.patch(
                api.url + PROJECT, json=body, headers={"Idempotency-Key": key}
            ) as answer:
                if answer.status == 202:
                    accepted.append(key)
    await asyncio.to_thread(agent.process.wait)
    return accepted


@contextlib.asynccontextmanager
async def killed_agent(environment: Mapping[str, str]) -> AsyncIterator[tuple[AgentProcess, Api]]:
    """An agent in a process of its own, signed in; it ends as in a power cut."""
    agent = await asyncio.to_thread(start_agent_process, environment)
    headers = {"X-HiveSync-Client": CLIENT, "Authorization": f"Bearer {agent.discovery.token}"}
    try:
        async with aiohttp.ClientSession(headers=headers) as http:
            credentials = {"login": EMAIL, "password": PASSWORD}
            url = agent.discovery.url
            async with http.post(f"{url}/v1/session/login", json=credentials) as answer:
                assert answer.status == 200, await answer.text()
            yield agent, Api(http, url)
    finally:
        agent.process.kill()
        await asyncio.to_thread(agent.process.communicate)
