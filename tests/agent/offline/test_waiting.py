"""Changes made while the backend is away are kept, and sent once and in order when it is back."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from hivesync_agent.events.upstream_feed import UpstreamFeed
from hivesync_agent.offline.replay import Pauses
from hivesync_contract import headers
from hivesync_contract.errors import ErrorCode
from hivesync_dev.servers.editor import FAVORITE, PROJECT, Editor
from hivesync_dev.servers.fake_changes import FakeChanges
from hivesync_dev.waiting import until


async def test_a_change_made_offline_is_accepted_and_named(editor: Editor, backend: FakeChanges) -> None:
    await backend.stop()
    status, problem = await editor.rename("Shop")
    assert (status, problem["code"]) == (202, "OFFLINE_QUEUED")
    (operation,) = await editor.operations()
    assert operation["id"] == problem["operation_id"]
    assert (operation["kind"], operation["state"]) == ("project.update", "waiting")
    assert (operation["path"], operation["change"]) == (PROJECT, {"name": "Shop"})
    assert (operation["yours"], operation["client"]) == (True, "hivesync-tests/1.0")


async def test_changes_are_sent_in_order_when_the_backend_is_back(
    editor: Editor, backend: FakeChanges
) -> None:
    await backend.stop()
    for name in ("one", "two"):
        await editor.rename(name)
    await editor.send("PUT", FAVORITE)
    await editor.send("DELETE", FAVORITE)
    await backend.start()
    await editor.settled()
    done = [(effect.method, effect.path, effect.body) for effect in backend.effects]
    assert done == [
        ("PATCH", PROJECT, {"name": "one"}),
        ("PATCH", PROJECT, {"name": "two"}),
        ("PUT", FAVORITE, None),
        ("DELETE", FAVORITE, None),
    ]


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("PATCH", PROJECT, "project.update"),
        ("PUT", FAVORITE, "project.favorite"),
        ("DELETE", FAVORITE, "project.unfavorite"),
        ("PATCH", f"{PROJECT}/tasks/7", "task.update"),
        ("POST", f"{PROJECT}/comments", "comment.create"),
        ("PATCH", "/api/v1/notifications/7", "notification.read"),
    ],
)
async def test_the_declared_list_waits(
    editor: Editor, backend: FakeChanges, method: str, path: str, kind: str
) -> None:
    await backend.stop()
    status, _ = await editor.send(method, path, {"a": 1})
    assert (status, [each["kind"] for each in await editor.operations()]) == (202, [kind])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/projects"),
        ("DELETE", PROJECT),
        ("PUT", PROJECT),
        ("PATCH", f"{PROJECT}/previews/7"),
        ("PATCH", f"{PROJECT}/"),
        ("DELETE", f"{PROJECT}/comments/7"),
        ("POST", f"{PROJECT}/previews"),
        ("GET", FAVORITE),
        ("PATCH", "/api/v1/notifications/settings"),
        ("POST", "/api/v1/notifications/read"),  # "all" would be more by then than what was seen
    ],
)
async def test_nothing_else_waits(editor: Editor, backend: FakeChanges, method: str, path: str) -> None:
    await backend.stop()
    status, problem = await editor.send(method, path)
    assert (status, problem["code"]) == (503, "UPSTREAM_UNREACHABLE")
    assert await editor.operations() == []


async def test_what_comes_while_others_wait_does_not_overtake_them(
    editor: Editor, backend: FakeChanges
) -> None:
    await backend.stop()
    await editor.rename("first")
    held = asyncio.Event()
    backend.on_change = held.wait  # type: ignore[assignment]  # its result is of no interest
    await backend.start()
    assert (await editor.rename("second"))[0] == 202
    held.set()
    await editor.settled()
    assert [effect.body["name"] for effect in backend.effects] == ["first", "second"]
    assert (await editor.rename("third"))[0] == 200


async def test_a_change_whose_answer_was_lost_is_made_once(editor: Editor, backend: FakeChanges) -> None:
    backend.lose_answers = 2
    status, _ = await editor.rename("Shop")
    assert status == 202
    await editor.settled()
    assert (len(backend.effects), backend.doubled()) == (1, [])


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateway_whose_backend_is_away_is_being_offline(
    editor: Editor, backend: FakeChanges, status: int
) -> None:
    backend.answers.append(web.Response(status=status, text="<h1>Bad gateway</h1>"))
    assert (await editor.rename("Shop"))[0] == 202
    await editor.settled()
    assert len(backend.effects) == 1


@pytest.mark.parametrize("status", [200, 201, 203])
async def test_the_page_of_a_captive_portal_is_being_offline(
    editor: Editor, backend: FakeChanges, status: int
) -> None:
    page = "<h1>Sign in to this network</h1>"
    backend.answers.append(web.Response(status=status, text=page, content_type="text/html"))
    assert (await editor.rename("Shop"))[0] == 202
    await editor.settled()
    assert len(backend.effects) == 1


async def test_the_callers_key_is_the_key(editor: Editor, backend: FakeChanges) -> None:
    await backend.stop()
    first = await editor.rename("Shop", Idempotency_Key="k1")
    again = await editor.rename("Shop", Idempotency_Key="k1")
    assert first[1]["operation_id"] == again[1]["operation_id"]
    status, problem = await editor.rename("Other", Idempotency_Key="k1")
    assert (status, problem["code"]) == (422, ErrorCode.IDEMPOTENCY_CONFLICT)
    await backend.start()
    await editor.settled()
    assert [effect.key for effect in backend.effects] == ["k1"]


async def test_what_the_backend_needs_comes_along_and_nothing_of_the_moment(
    editor: Editor, backend: FakeChanges
) -> None:
    await backend.stop()
    await editor.rename("Shop", If_Match='"abc"', Accept_Encoding="gzip")
    await backend.start()
    await editor.settled()
    seen = next(seen for seen in backend.journal if seen.method == "PATCH")
    assert seen.header("If-Match") == '"abc"'
    assert seen.header("Content-Type") == "application/json"
    assert seen.header(headers.CLIENT) == "hivesync-tests/1.0"
    assert seen.header("Accept-Encoding") is None


async def test_the_status_counts_what_waits(editor: Editor, backend: FakeChanges) -> None:
    await backend.stop()
    await editor.rename("Shop")
    _, status = await editor.send("GET", "/v1/status")
    assert (status["queued_operations"], status["conflicting_operations"]) == (1, 0)


async def test_a_paused_agent_sends_nothing_until_it_goes_on(editor: Editor, backend: FakeChanges) -> None:
    await backend.stop()
    await editor.rename("Shop")
    await editor.send("POST", "/v1/pause")
    await backend.start()
    await asyncio.sleep(1)
    assert backend.effects == []
    await editor.send("POST", "/v1/resume")
    await editor.settled()
    assert len(backend.effects) == 1


async def test_it_goes_on_as_soon_as_anybody_is_answered(
    editor: Editor, backend: FakeChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stays_away(self: UpstreamFeed) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Pauses, "after", lambda *_: 600.0)
    monkeypatch.setattr(UpstreamFeed, "_back_off", stays_away)
    await backend.stop()
    await editor.rename("Shop")
    await asyncio.sleep(0.2)  # by now it has tried in vain
    await backend.start()

    async def answered() -> bool:
        return (await editor.send("GET", "/api/v1/echo"))[0] == 200

    await until(answered)
    await editor.settled()
    assert len(backend.effects) == 1
