"""A change belongs to who made it: it waits for that user, and is never sent in another's name."""

from __future__ import annotations

import asyncio

import pytest
from hivesync.credentials.session import new_session
from hivesync.credentials.store import MemoryStore
from hivesync_agent.settings import AgentSettings
from hivesync_dev.servers.agents import RunningAgent, running_agent
from hivesync_dev.servers.editor import Editor
from hivesync_dev.servers.fake_changes import FakeChanges
from hivesync_dev.servers.fake_identity import USER

BOB = USER | {"id": "0199c1b2-0000-7000-8000-000000000002", "username": "bob"}


async def test_another_users_changes_wait_for_that_user(editor: Editor, backend: FakeChanges) -> None:
    await backend.stop()
    await editor.rename("Ada's")
    await editor.send("DELETE", "/v1/session")
    backend.identity.user = BOB
    await backend.start()
    await editor.sign_in()
    assert (await editor.rename("Bob's"))[0] == 200
    await asyncio.sleep(1)
    assert await editor.operations() == []
    assert [effect.body for effect in backend.effects] == [{"name": "Bob's"}]

    await editor.send("DELETE", "/v1/session")
    backend.identity.user = dict(USER)
    await editor.sign_in()
    await editor.settled()
    assert [(effect.user_id, effect.body["name"]) for effect in backend.effects] == [
        (BOB["id"], "Bob's"),
        (USER["id"], "Ada's"),
    ]


async def test_signing_out_keeps_what_waits(editor: Editor, backend: FakeChanges) -> None:
    await backend.stop()
    await editor.rename("Shop")
    await editor.send("DELETE", "/v1/session")
    _, status = await editor.send("GET", "/v1/status")
    assert status["queued_operations"] == 1
    assert (await editor.rename("Nobody's"))[0] == 401


async def test_an_agent_that_starts_offline_knows_whose_changes_it_keeps(
    settings: AgentSettings, backend: FakeChanges
) -> None:
    store = MemoryStore()
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), str(USER["id"])))
    await backend.stop()
    async with running_agent(settings, store) as running:
        assert (await Editor(running).rename("one"))[0] == 202
    async with running_agent(settings, store) as running:
        editor = Editor(running)
        assert (await editor.rename("two"))[0] == 202
        assert [each["yours"] for each in await editor.operations()] == [True, True]
        await backend.start()
        await editor.settled()
    assert [effect.body["name"] for effect in backend.effects] == ["one", "two"]


async def test_a_change_of_nobody_knows_whom_is_not_kept(
    agent: RunningAgent, store: MemoryStore, backend: FakeChanges
) -> None:
    store.save(new_session(str(backend.identity.sign_in()["refresh_token"]), ""))
    await backend.stop()
    status, problem = await Editor(agent).rename("Shop")
    assert (status, problem["code"]) == (503, "UPSTREAM_UNREACHABLE")


async def test_what_one_account_waits_for_is_no_business_of_the_next(
    editor: Editor, backend: FakeChanges
) -> None:
    await backend.stop()
    await editor.rename("Ada's secret")
    (operation,) = await editor.operations()
    await editor.send("DELETE", "/v1/session")
    for sign_in in (None, BOB):
        if sign_in is not None:
            backend.identity.user = sign_in
            await backend.start()
            await editor.sign_in()
        _, page = await editor.send("GET", "/v1/operations")
        assert (page["items"], page["of_other_accounts"]) == ([], 1)
        assert "secret" not in str(page)
        path = f"/v1/operations/{operation['id']}"
        for method, target in (("DELETE", path), ("POST", f"{path}/retry")):
            status, problem = await editor.send(method, target)
            assert (status, problem["code"]) == (404, "NOT_FOUND")
    await editor.send("DELETE", "/v1/session")
    backend.identity.user = dict(USER)
    await editor.sign_in()
    await editor.settled()
    assert [effect.body["name"] for effect in backend.effects] == ["Ada's secret"]


async def test_one_accounts_full_journal_is_not_anothers(
    editor: Editor, backend: FakeChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hivesync_agent.offline.journal.OPERATIONS", 1)
    await backend.stop()
    assert (await editor.rename("Ada's"))[0] == 202
    await editor.send("DELETE", "/v1/session")
    backend.identity.user = BOB
    await backend.start()
    await editor.sign_in()
    await backend.stop()
    assert [(await editor.rename(name))[0] for name in ("Bob's", "one too many")] == [202, 507]
