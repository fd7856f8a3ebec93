"""Signing out through the agent: at once here, and at the backend sooner or later, whatever comes between."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from hivesync.credentials.errors import KeychainLocked
from hivesync.credentials.lock import FileLock
from hivesync.credentials.refresh import RefreshFailed
from hivesync.credentials.session import new_session
from hivesync.credentials.sign_out import SignOut
from hivesync.credentials.steps import Answer, Post
from hivesync.credentials.store import MemoryStore, TextStore
from hivesync_agent.session.revocations import Revocations
from hivesync_agent.session.vault import Vault
from hivesync_agent.settings import AgentSettings
from hivesync_contract.keychain import KeychainState, SessionStore
from hivesync_dev.servers.agents import RunningAgent, running_agent
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.waiting import holds


class Lockable(MemoryStore):
    """A keychain that can be locked, and unlocked again."""

    kind = SessionStore.KEYCHAIN
    locked = False

    def state(self) -> KeychainState:
        return KeychainState.LOCKED if self.locked else KeychainState.OK

    def read(self) -> str | None:
        self._check()
        return super().read()

    def write(self, text: str) -> None:
        self._check()
        super().write(text)

    def _check(self) -> None:
        if self.locked:
            raise KeychainLocked("The keychain is locked.")


async def sign_in(agent: RunningAgent) -> None:
    body = {"login": EMAIL, "password": PASSWORD}
    async with agent.http.post(f"{agent.url}/v1/session/login", json=body) as answer:
        assert answer.status == 200


async def sign_out(agent: RunningAgent) -> dict[str, object]:
    async with agent.http.delete(f"{agent.url}/v1/session") as answer:
        assert answer.status == 200
        body: dict[str, object] = await answer.json()
        return body


async def test_signing_out_forgets_here_and_revokes_there(
    signed_in: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    state = await sign_out(signed_in)
    assert (state["signed_in"], state["revocations_waiting"]) == (False, 0)
    assert backend.identity.logouts == 1
    assert store.read() is None
    async with signed_in.http.get(f"{signed_in.url}/api/v1/echo") as refused:
        assert refused.status == 401


async def test_signed_out_while_offline_the_next_agent_tells_the_backend(
    settings: AgentSettings, backend: UpstreamBackend, store: MemoryStore
) -> None:
    async with running_agent(settings, store) as agent:
        await sign_in(agent)
        await backend.stop()
        state = await sign_out(agent)
        assert (state["signed_in"], state["revocations_waiting"]) == (False, 1)
    assert store.load() is None
    assert len(store.ended()) == 1
    await backend.start()
    async with running_agent(settings, store):
        await holds(lambda: store.read() is None)
    assert backend.identity.logouts == 1


async def test_a_session_that_a_sign_in_replaces_is_revoked(
    signed_in: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    before = store.load()
    await sign_in(signed_in)
    assert store.load() != before
    await holds(lambda: backend.identity.logouts == 1)
    await holds(lambda: store.ended() == ())
    async with signed_in.http.get(f"{signed_in.url}/api/v1/echo") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("attempt", range(5))
async def test_a_sign_in_that_is_just_being_kept_does_not_undo_a_sign_out(
    agent: RunningAgent, settings: AgentSettings, backend: UpstreamBackend, store: MemoryStore, attempt: int
) -> None:
    lock = FileLock(settings.account.lock_path(settings.locations.state))
    with lock.hold(5):  # the sign-in has its tokens, and waits to store them
        async with agent.http.post(f"{agent.url}/v1/session/login", json={}) as answer:
            assert answer.status == 202
        await holds(lambda: backend.identity.polls == 1)
        await holds(lambda: any(seen.target.endswith("/auth/me") for seen in backend.journal))
        leaving = asyncio.create_task(sign_out(agent))
        await asyncio.sleep(0.05)
    await leaving
    assert store.load() is None
    await holds(lambda: backend.identity.logouts == 1)
    async with agent.http.get(f"{agent.url}/v1/session") as answer:
        assert (await answer.json())["signed_in"] is False


async def test_a_session_that_can_not_be_kept_is_ended_at_the_backend(
    agent: RunningAgent, settings: AgentSettings, backend: UpstreamBackend
) -> None:
    settings.account.lock_path(settings.locations.state).mkdir(parents=True)
    body = {"login": EMAIL, "password": PASSWORD}
    async with agent.http.post(f"{agent.url}/v1/session/login", json=body) as answer:
        assert answer.status >= 500
    assert backend.identity.logouts == 1


async def test_a_locked_keychain_keeps_the_session_and_says_so(
    settings: AgentSettings, backend: UpstreamBackend
) -> None:
    keychain = Lockable()
    async with running_agent(settings, keychain) as agent:
        await sign_in(agent)
        keychain.locked = True
        async with agent.http.delete(f"{agent.url}/v1/session") as answer:
            assert (answer.status, (await answer.json(content_type=None))["code"]) == (503, "KEYCHAIN_LOCKED")
        keychain.locked = False
        assert (await sign_out(agent))["revocations_waiting"] == 0
    assert backend.identity.logouts == 1


class NoKeychain(Lockable):
    """A keychain that nobody ever unlocks."""

    locked = True


async def test_a_session_in_memory_alone_ends_with_the_agent_at_the_backend_too(
    settings: AgentSettings, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, NoKeychain()) as agent:
        await sign_in(agent)
    assert backend.identity.logouts == 1


async def test_a_session_in_memory_can_be_signed_out_of_while_the_keychain_stays_locked(
    settings: AgentSettings, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, NoKeychain()) as agent:
        await sign_in(agent)
        assert (await sign_out(agent))["signed_in"] is False
        assert backend.identity.logouts == 1


async def test_a_session_in_the_keychain_outlives_the_agent(
    settings: AgentSettings, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, Lockable()) as agent:
        await sign_in(agent)
    assert backend.identity.logouts == 0


async def test_the_backend_is_asked_until_it_answers_and_then_no_more(tmp_path: Path) -> None:
    answers: list[RefreshFailed | Answer] = [RefreshFailed("away"), Answer(503, b""), Answer(204, b"")]
    asked = 0

    async def post(request: Post) -> Answer:
        nonlocal asked
        asked += 1
        answer = answers.pop(0)
        if isinstance(answer, RefreshFailed):
            raise answer
        return answer

    store = MemoryStore(new_session("r1", ""))
    store.end()
    revocations = Revocations(SignOut(store, tmp_path / "lock"), post, pauses_seconds=(0.01,))
    running = asyncio.create_task(revocations.run())
    await holds(lambda: store.ended() == () and asked == 3)
    store.save(new_session("r2", ""))
    store.end()
    answers.append(Answer(204, b""))
    await revocations.settle_within(5)
    assert (revocations.waiting, asked) == (0, 4)
    running.cancel()
    await asyncio.wait([running])


async def test_two_at_once_tell_the_backend_once(tmp_path: Path) -> None:
    asked = 0

    async def post(step: Post) -> Answer:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.05)
        return Answer(204, b"")

    store = MemoryStore(new_session("r1", ""))
    store.end()
    revocations = Revocations(SignOut(store, tmp_path / "lock"), post)
    async with asyncio.TaskGroup() as both_at_once:
        for _ in range(2):
            both_at_once.create_task(revocations.settle_within(5))
    assert (revocations.waiting, asked) == (0, 1)


def both(keychain: TextStore) -> Vault:
    """Give a vault that has found its session in the keychain."""
    keychain.save(new_session("r1", ""))
    vault = Vault(keychain)
    assert vault.load() is not None
    return vault


def test_a_successor_that_the_keychain_does_not_take_is_not_used() -> None:
    """Used unsaved, it would retire the token that the next start finds, and end the session."""
    keychain = Lockable()
    vault = both(keychain)
    keychain.locked = True
    with pytest.raises(KeychainLocked):
        vault.save(new_session("r2", ""))
    keychain.locked = False
    session = vault.load()
    assert session is not None
    assert session.refresh_token == "r1"


@pytest.mark.parametrize("unlocked_later", [True, False])
def test_no_session_is_forgotten_between_keychain_and_memory(unlocked_later: bool) -> None:
    keychain = Lockable()
    vault = both(keychain)
    keychain.locked = True
    vault.begin(new_session("r2", ""))
    assert vault.is_memory_only
    if unlocked_later:
        keychain.locked = False
        vault.save(new_session("r3", ""))
        assert not vault.is_memory_only
        assert tokens(vault) == (["r3"], ["r1"])
    else:
        vault.begin(new_session("r3", ""))
        keychain.locked = False
        assert tokens(vault) == (["r3"], ["r2"])
        assert vault.end()
        assert tokens(vault) == ([], ["r2", "r3", "r1"])


def tokens(vault: Vault) -> tuple[Sequence[str], Sequence[str]]:
    """Give the token of the session, and those that wait to be revoked."""
    session = vault.load()
    return [session.refresh_token] if session else [], list(vault.ended())
