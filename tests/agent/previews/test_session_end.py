"""A preview outlives its session: nothing of it is made, shown or told in another user's name."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hivesync_contract.errors import ErrorCode
from hivesync_contract.previews import PreviewState
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.preview_client import PreviewClient
from hivesync_dev.servers.second_user import sign_in_as_ada, sign_in_as_bob, sign_out
from hivesync_dev.waiting import holds, until


def asked(backend: FakePreviews) -> list[str]:
    """Give what was asked of the previews' API, in order."""
    return [f"{each.method} {each.target}" for each in backend.journal if "/projects" in each.target]


async def listed(client: PreviewClient) -> list[str]:
    _, page = await client.get()
    return [each["id"] for each in page["items"]]


async def seen_by_ada(client: PreviewClient, backend: FakePreviews, preview_id: str) -> dict[str, Any]:
    """Give how her preview has ended, when she is back."""
    await sign_in_as_ada(client.running, backend)

    async def ended() -> dict[str, Any] | None:
        _, body = await client.get(preview_id)
        return body if body.get("state") in ("ready", "failed") else None

    found = await until(ended)
    assert found is not None
    return found


@pytest.mark.parametrize("step", ["plan", "upload"])
async def test_one_under_way_is_not_continued_in_another_users_name(
    client: PreviewClient, backend: FakePreviews, project: Path, step: str
) -> None:
    reached, go = asyncio.Event(), asyncio.Event()

    async def hold(*_: str) -> None:
        reached.set()
        await go.wait()

    if step == "plan":
        backend.on_create = hold
    else:
        backend.store.on_put = hold
    _, first = await client.post(project)
    await reached.wait()
    await sign_in_as_bob(client.running, backend)
    before = len(asked(backend))
    go.set()
    await ended_here(client, first["id"])
    later = asked(backend)[before:]
    assert not [each for each in later if each.startswith("POST")]
    ended = await seen_by_ada(client, backend, first["id"])
    assert (ended["state"], ended["error"]["code"]) == ("failed", ErrorCode.FORBIDDEN.value)


async def ended_here(client: PreviewClient, preview_id: str) -> None:
    """Wait until the agent itself is done with it, whoever may see that."""
    previews = client.running.agent._previews.previews._previews
    await holds(lambda: previews[preview_id].record.is_final)


async def test_a_build_is_not_asked_after_in_another_users_name(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    backend.outcome, backend.silent = "hold", True
    _, first = await client.post(project)
    await client.until(first["id"], "building")
    await sign_in_as_bob(client.running, backend)
    before = len(asked(backend))
    await ended_here(client, first["id"])
    assert not asked(backend)[before:]


async def test_a_live_one_gets_no_version_from_another_users_save(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    _, first = await client.post(project, live=True)
    await client.until(first["id"], "ready")
    await asyncio.sleep(0.8)  # until its folder is watched
    await sign_in_as_bob(client.running, backend)
    before = len(asked(backend))
    (project / "src" / "main.tsx").write_text("export default 2;\n")
    await ended_here(client, first["id"])
    assert not [each for each in asked(backend)[before:] if each.startswith("POST")]


async def test_another_user_neither_sees_nor_touches_nor_hears_it(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    first = await client.run(project)
    await sign_in_as_bob(client.running, backend)
    assert await listed(client) == []
    assert (await client.get(first.id))[0] == 404
    assert await client.delete(first.id) == 404
    async with client.running.http.post(f"{client.running.url}/v1/previews/{first.id}/stop") as answer:
        assert answer.status == 404
    assert len(backend.previews) == 1
    mine = await client.run(project)
    assert await listed(client) == [mine.id]
    await sign_in_as_ada(client.running, backend)
    assert await listed(client) == [first.id]


async def test_how_it_ends_is_not_told_to_another_user(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    backend.outcome, backend.silent = "hold", True
    _, first = await client.post(project)
    await client.until(first["id"], "building")
    await sign_in_as_bob(client.running, backend)
    client.heard.clear()
    await ended_here(client, first["id"])
    backend.outcome, backend.silent = "ready", False
    mine = await client.run(project)
    assert {each.id for each in client.heard} == {mine.id}


async def test_nobody_sees_it_while_nobody_is_signed_in(client: PreviewClient, project: Path) -> None:
    first = await client.run(project)
    await sign_out(client.running)
    assert await listed(client) == []
    assert (await client.get(first.id))[0] == 404


async def test_its_user_sees_it_while_the_server_is_away(
    client: PreviewClient, backend: FakePreviews, project: Path
) -> None:
    first = await client.run(project)
    await backend.stop()
    assert await listed(client) == [first.id]
    assert first.state is PreviewState.READY


async def test_an_answer_of_the_earlier_session_names_nobody_in_the_next(
    signed_in: RunningAgent, backend: FakePreviews
) -> None:
    """`/auth/me` was asked for Ada, and answers when Bob is there."""
    await holds(lambda: signed_in.agent.operations.owner.known is not None)  # nobody else asks who it is
    reached, go = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        backend.identity.on_me = None
        reached.set()
        await go.wait()

    signed_in.agent._profile.forget()
    backend.identity.on_me = hold
    asking = asyncio.ensure_future(signed_in.agent._profile.user())
    await reached.wait()
    await sign_in_as_bob(signed_in, backend)
    go.set()
    for user in (await asking, await signed_in.agent._profile.user()):
        assert user is not None
        assert user.username == "bob"
