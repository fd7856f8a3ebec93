"""Signing in and out through the agent."""

from __future__ import annotations

import asyncio
import io
import json

import aiohttp
import pytest
from hivesync.credentials.errors import KeychainLocked, KeychainMissing
from hivesync.credentials.session import new_session
from hivesync.credentials.store import MemoryStore, TextStore
from hivesync_agent.session.device_flow import DeviceFlow
from hivesync_agent.session.vault import Vault
from hivesync_agent.settings import AgentSettings
from hivesync_agent.upstream import Upstream
from hivesync_contract.keychain import KeychainState, SessionStore
from hivesync_dev.servers.agents import RunningAgent, running_agent
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.servers.upstream_backend import UpstreamBackend


class NoKeychain(TextStore):
    """A machine without a keychain."""

    kind = SessionStore.KEYCHAIN
    locked = False

    def state(self) -> KeychainState:
        return KeychainState.LOCKED if self.locked else KeychainState.MISSING

    def read(self) -> str | None:
        raise self._refusal()

    def write(self, text: str) -> None:
        raise self._refusal()

    def remove(self) -> None:
        raise self._refusal()

    def _refusal(self) -> Exception:
        return KeychainLocked("locked") if self.locked else KeychainMissing("missing")


async def login(agent: RunningAgent, body: object = None) -> tuple[int, dict[str, object]]:
    """Ask the agent to sign in."""
    async with agent.http.post(f"{agent.url}/v1/session/login", json=body) as answer:
        return answer.status, json.loads(await answer.read())


async def session(agent: RunningAgent) -> dict[str, object]:
    """Ask for the session."""
    async with agent.http.get(f"{agent.url}/v1/session") as answer:
        body: dict[str, object] = await answer.json()
        return body


async def test_a_password_signs_a_headless_machine_in(agent: RunningAgent, store: MemoryStore) -> None:
    status, state = await login(agent, {"login": EMAIL, "password": PASSWORD})
    assert status == 200
    assert state["signed_in"] is True
    assert state["user"]["username"] == "ada"  # type: ignore[index]
    assert store.load() is not None
    async with agent.http.get(f"{agent.url}/api/v1/echo") as answer:
        assert answer.status == 200


async def test_no_answer_holds_a_token(agent: RunningAgent, store: MemoryStore) -> None:
    _, state = await login(agent, {"login": EMAIL, "password": PASSWORD})
    stored = store.load()
    assert stored is not None
    text = json.dumps([state, await session(agent)])
    assert stored.refresh_token not in text
    assert await agent.agent.access.access_token() not in text
    assert PASSWORD not in text


async def test_a_wrong_password_is_the_backends_refusal(agent: RunningAgent) -> None:
    status, problem = await login(agent, {"login": EMAIL, "password": "wrong password"})
    assert (status, problem["code"]) == (401, "AUTH_INVALID")
    assert (await session(agent))["signed_in"] is False


@pytest.mark.parametrize(
    "body",
    [{"login": EMAIL}, {"password": PASSWORD}, {"login": 1, "password": 2}, {"user": "x"}, [], "x", 1],
)
async def test_a_malformed_sign_in_is_refused(
    agent: RunningAgent, backend: UpstreamBackend, body: object
) -> None:
    status, problem = await login(agent, body)
    assert (status, problem["code"]) == (422, "VALIDATION_ERROR")
    assert not [seen for seen in backend.journal if "login" in seen.target or "device" in seen.target]


async def test_a_body_that_is_no_json_or_too_large_is_refused(agent: RunningAgent) -> None:
    url = f"{agent.url}/v1/session/login"
    async with agent.http.post(url, data=b"{") as answer:
        assert answer.status == 400
    async with agent.http.post(url, data=io.BytesIO(bytes(1024 * 1024 + 1))) as answer:
        assert answer.status == 413


async def until_signed_in(agent: RunningAgent) -> dict[str, object]:
    """Wait for the sign-in by the agent's own events, as an editor does."""
    async with agent.http.get(f"{agent.url}/v1/events") as events:
        if (state := await session(agent))["signed_in"]:
            return state
        async with asyncio.timeout(20):
            while b"session.changed" not in await events.content.readline():
                pass
    return await session(agent)


async def test_a_device_code_signs_in_when_the_user_has_approved(
    agent: RunningAgent, backend: UpstreamBackend, store: MemoryStore
) -> None:
    backend.identity.device_answers = ["authorization_pending"]
    status, state = await login(agent)
    assert status == 202
    assert state["signed_in"] is False
    assert state["pending"]["user_code"] == "WDJB-MJHT"  # type: ignore[index]
    assert "device_code" not in json.dumps(state)
    state = await until_signed_in(agent)
    assert state["signed_in"] is True
    assert state["pending"] is None
    assert store.load() is not None
    assert backend.identity.polls == 2


async def test_polling_keeps_to_the_interval_and_slows_down_when_asked(
    backend: UpstreamBackend,
) -> None:
    backend.identity.device_answers = ["authorization_pending", "slow_down", "authorization_pending"]
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    upstream = Upstream(backend.url)
    flow = DeviceFlow(upstream, sleep)
    pair = await flow.wait(await flow.start())
    await upstream.close()
    assert pauses == [1, 1, 6, 6]
    assert pair.access_token


@pytest.mark.parametrize(("error", "word"), [("access_denied", "declined"), ("expired_token", "expired")])
async def test_a_sign_in_that_ends_without_a_session_says_why(
    agent: RunningAgent, backend: UpstreamBackend, error: str, word: str
) -> None:
    backend.identity.device_answers = [error]
    await login(agent)
    async with asyncio.timeout(10):
        # Each question takes a round trip, so this is no busy loop.
        while (state := await session(agent))["pending"] is not None:
            pass
    assert state["signed_in"] is False
    assert word in str(state["error"])


async def test_without_a_keychain_the_session_lives_in_memory(
    settings: AgentSettings, backend: UpstreamBackend
) -> None:
    async with running_agent(settings, NoKeychain()) as agent:
        assert (await session(agent))["keychain"] == "missing"
        _, state = await login(agent, {"login": EMAIL, "password": PASSWORD})
        assert state["stored_in"] == "memory"
        backend.identity.end_access_tokens()
        async with agent.http.get(f"{agent.url}/api/v1/echo") as answer:
            assert answer.status == 200


async def test_a_locked_keychain_is_told_apart_from_a_missing_session(settings: AgentSettings) -> None:
    keychain = NoKeychain()
    keychain.locked = True
    async with running_agent(settings, keychain) as agent:
        async with agent.http.get(f"{agent.url}/api/v1/echo") as answer:
            assert answer.status == 503
            assert (await answer.json(content_type=None))["code"] == "KEYCHAIN_LOCKED"
        assert (await session(agent))["keychain"] == "locked"


def test_what_memory_holds_is_newer_than_the_store() -> None:
    keychain = NoKeychain()
    vault = Vault(keychain)
    vault.save(new_session("newer", ""))
    assert vault.kind is SessionStore.MEMORY
    loaded = vault.load()
    assert loaded is not None
    assert loaded.refresh_token == "newer"
    vault.erase()
    assert vault.load() is None


async def test_signing_in_while_offline_is_503(agent: RunningAgent, backend: UpstreamBackend) -> None:
    await backend.stop()
    assert (await login(agent))[0] == 503
    assert (await login(agent, {"login": EMAIL, "password": PASSWORD}))[0] == 503


async def test_session_state_survives_a_client_that_leaves(agent: RunningAgent) -> None:
    timeout = aiohttp.ClientTimeout(total=0.001)
    with pytest.raises(TimeoutError):
        await agent.http.post(f"{agent.url}/v1/session/login", json={}, timeout=timeout)
    assert (await login(agent))[0] == 202
