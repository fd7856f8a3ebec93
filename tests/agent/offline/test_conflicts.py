"""What the backend refuses comes back to the user, holds nobody up, and is never dropped silently."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from hivesync.credentials.store import MemoryStore
from hivesync_agent.events.upstream_feed import UpstreamFeed
from hivesync_agent.settings import AgentSettings
from hivesync_contract.errors import ErrorCode
from hivesync_dev.servers.agents import running_agent
from hivesync_dev.servers.editor import FAVORITE, PROJECT, Editor
from hivesync_dev.servers.fake_changes import FakeChanges

OTHER = "/api/v1/projects/0199c1b2-0000-7000-8000-0000000000bb"
REFUSALS = [
    ErrorCode.CONFLICT,
    ErrorCode.PRECONDITION_FAILED,
    ErrorCode.NOT_FOUND,
    ErrorCode.FORBIDDEN,
    ErrorCode.VALIDATION_ERROR,
    ErrorCode.IDEMPOTENCY_CONFLICT,
    ErrorCode.TIER_LIMIT,
]


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refused_change_comes_back_and_the_rest_goes_on(
    editor: Editor, backend: FakeChanges, code: ErrorCode
) -> None:
    await backend.stop()
    await editor.rename("refused")
    await editor.rename("fine", OTHER)
    backend.refuse(code)
    await backend.start()
    (conflict,) = await editor.settled(conflict=1)
    assert (conflict["path"], conflict["change"]) == (PROJECT, {"name": "refused"})
    assert conflict["conflict"]["problem"]["code"] == code
    assert [effect.path for effect in backend.effects] == [OTHER]
    _, status = await editor.send("GET", "/v1/status")
    assert (status["queued_operations"], status["conflicting_operations"]) == (0, 1)


async def test_what_was_made_on_top_of_a_refused_change_comes_back_too(
    editor: Editor, backend: FakeChanges
) -> None:
    await backend.stop()
    await editor.rename("refused", If_Match='"old"')
    await editor.rename("on top of it")
    await editor.send("PUT", FAVORITE)
    backend.refuse(ErrorCode.PRECONDITION_FAILED)
    await backend.start()
    conflicts = await editor.settled(conflict=2)
    assert [each["change"]["name"] for each in conflicts] == ["refused", "on top of it"]
    assert [effect.path for effect in backend.effects] == [FAVORITE]
    assert (await editor.rename("made later"))[0] == 200


async def test_a_refused_comment_holds_no_other_comment_up(editor: Editor, backend: FakeChanges) -> None:
    await backend.stop()
    for text in ("refused", "fine"):
        await editor.send("POST", f"{PROJECT}/comments", {"text": text})
    backend.refuse(ErrorCode.VALIDATION_ERROR)
    await backend.start()
    await editor.settled(conflict=1)
    assert [effect.body for effect in backend.effects] == [{"text": "fine"}]


async def test_an_outdated_change_shows_both_sides(editor: Editor, backend: FakeChanges) -> None:
    backend.resources[PROJECT] = {"name": "theirs"}
    await backend.stop()
    await editor.rename("mine", If_Match='"old"')
    backend.refuse(ErrorCode.PRECONDITION_FAILED)
    await backend.start()
    (conflict,) = await editor.settled(conflict=1)
    assert (conflict["change"], conflict["conflict"]["theirs"]) == ({"name": "mine"}, {"name": "theirs"})


async def test_a_conflict_can_be_sent_over_what_is_there_now(editor: Editor, backend: FakeChanges) -> None:
    await backend.stop()
    await editor.rename("mine", If_Match='"old"', Idempotency_Key="k1")
    backend.refuse(ErrorCode.PRECONDITION_FAILED)
    await backend.start()
    (conflict,) = await editor.settled(conflict=1)
    status, again = await editor.send("POST", f"/v1/operations/{conflict['id']}/retry")
    assert (status, again["id"], again["state"]) == (202, conflict["id"], "waiting")
    await editor.settled()
    (effect,) = backend.effects
    assert (effect.body, effect.key != "k1") == ({"name": "mine"}, True)
    sent = [seen.header("If-Match") for seen in backend.journal if seen.method == "PATCH"]
    assert sent == ['"old"', None]


async def test_a_conflict_can_be_given_up(editor: Editor, backend: FakeChanges) -> None:
    backend.refuse(ErrorCode.PRECONDITION_FAILED)
    await backend.stop()
    await editor.rename("mine")
    await backend.start()
    (conflict,) = await editor.settled(conflict=1)
    path = f"/v1/operations/{conflict['id']}"
    assert [(await editor.send("DELETE", path))[0] for _ in range(2)] == [204, 404]
    assert await editor.operations() == []


async def test_a_waiting_change_can_be_given_up_and_not_be_sent_twice(
    editor: Editor, backend: FakeChanges
) -> None:
    await backend.stop()
    first, second = [(await editor.rename(name))[1]["operation_id"] for name in ("one", "two")]
    status, problem = await editor.send("POST", f"/v1/operations/{second}/retry")
    assert (status, problem["code"]) == (409, "CONFLICT")
    assert (await editor.send("DELETE", f"/v1/operations/{first}"))[0] in (204, 409)
    await backend.start()
    await editor.settled()
    assert backend.effects[-1].body == {"name": "two"}
    assert backend.doubled() == []


@pytest.mark.parametrize("code", [ErrorCode.RATE_LIMITED, ErrorCode.CONFLICT, ErrorCode.STORAGE_FULL])
async def test_not_now_is_no_refusal(editor: Editor, backend: FakeChanges, code: ErrorCode) -> None:
    await backend.stop()
    await editor.rename("Shop")
    backend.refuse(code, Retry_After="1")
    await backend.start()
    await editor.settled()
    assert len(backend.effects) == 1


async def test_the_page_of_something_in_between_is_no_refusal(editor: Editor, backend: FakeChanges) -> None:
    await backend.stop()
    await editor.rename("Shop")
    backend.answers.append(web.Response(status=403, text="<h1>Blocked</h1>", content_type="text/html"))
    await backend.start()
    await editor.settled()
    assert len(backend.effects) == 1


async def test_the_page_of_something_in_between_is_no_success_either(
    editor: Editor, backend: FakeChanges
) -> None:
    await backend.stop()
    await editor.rename("Shop")
    for status in (200, 201, 302):
        portal = web.Response(
            status=status, text="<h1>Sign in to this network</h1>", content_type="text/html"
        )
        backend.answers.append(portal)
    await backend.start()
    await editor.settled()
    assert (len(backend.effects), backend.attempts) == (1, 4)


async def test_a_change_that_breaks_the_backend_does_not_block_the_rest_for_ever(
    editor: Editor, backend: FakeChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hivesync_agent.offline.replay.FAILURES", 3)
    await backend.stop()
    await editor.rename("poison")
    await editor.rename("fine", OTHER)
    for _ in range(3):
        backend.refuse(ErrorCode.INTERNAL_ERROR)
    await backend.start()
    (conflict,) = await editor.settled(conflict=1)
    assert conflict["change"] == {"name": "poison"}
    assert [effect.path for effect in backend.effects] == [OTHER]


async def test_a_change_older_than_its_key_is_not_sent_blindly(
    editor: Editor, backend: FakeChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Before the change is made: an attempt that is under way already is not asked its age any more.
    monkeypatch.setattr("hivesync_agent.offline.replay.KEY_SECONDS", 0)
    await backend.stop()
    await editor.rename("old")
    await backend.start()
    (conflict,) = await editor.settled(conflict=1)
    assert "so old" in conflict["conflict"]["problem"]["detail"]
    assert backend.attempts == 0


async def test_an_ended_session_lets_changes_wait_for_the_next(editor: Editor, backend: FakeChanges) -> None:
    await backend.stop()
    await editor.rename("Shop")
    backend.identity.revoke_all()
    await backend.start()
    await asyncio.sleep(1)
    _, status = await editor.send("GET", "/v1/status")
    assert (backend.effects, status["queued_operations"]) == ([], 1)
    await editor.sign_in()
    await editor.settled()
    assert len(backend.effects) == 1


async def test_everyone_is_told(editor: Editor, backend: FakeChanges) -> None:
    seen = editor.running.agent.bus.subscribe(None)
    await backend.stop()
    ids = [(await editor.rename(name))[1]["operation_id"] for name in ("refused", "fine")]
    await editor.send("PUT", FAVORITE)
    backend.refuse(ErrorCode.FORBIDDEN)
    await backend.start()
    await editor.settled(conflict=2)
    await editor.send("DELETE", f"/v1/operations/{ids[0]}")
    types = [event.type for event in await seen.next() if event.type.startswith("operation.")]
    assert types == [
        "operation.queued",
        "operation.queued",
        "operation.queued",
        "operation.conflict",
        "operation.conflict",
        "operation.done",
        "operation.discarded",
    ]


async def test_a_token_that_was_refused_is_renewed_by_the_replay_itself(
    editor: Editor, backend: FakeChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stays_away(self: UpstreamFeed) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(UpstreamFeed, "_back_off", stays_away)
    await backend.stop()
    await editor.rename("Shop")
    backend.identity.end_access_tokens()
    await backend.start()
    await editor.settled()
    assert len(backend.effects) == 1


async def test_a_conflict_claims_nothing_that_was_made_after_a_restart(
    settings: AgentSettings, store: MemoryStore, backend: FakeChanges
) -> None:
    async with running_agent(settings, store) as running:
        editor = Editor(running)
        await editor.sign_in()
        await backend.stop()
        await editor.rename("refused")
        for name in ("on top of it", "on top of that"):
            await editor.rename(name)
        backend.refuse(ErrorCode.PRECONDITION_FAILED)
        await backend.start()
        _, *claimed = await editor.settled(conflict=3)
        for operation in claimed:
            await editor.send("DELETE", f"/v1/operations/{operation['id']}")
    async with running_agent(settings, store) as running:
        editor = Editor(running)
        await editor.sign_in()
        await backend.stop()
        assert (await editor.rename("by somebody who knows"))[0] == 202
        await backend.start()
        await editor.settled(conflict=1)
    assert [effect.body["name"] for effect in backend.effects] == ["by somebody who knows"]
