"""Signing in without an agent leaves one session for all clients of this machine, and takes it away again."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from aiohttp import web
from hivesync import (
    AsyncClient,
    AuthenticationFailed,
    Locations,
    Mode,
    Settings,
    SettingsInvalid,
    SignedOut,
)
from hivesync.credentials import Ending, StoredSession, new_session
from hivesync.credentials.plaintext import PlaintextStore
from hivesync_contract.identity import DeviceCode
from hivesync_contract.keychain import SessionStore
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import PASSWORD, USER, FakeBackend
from hivesync_dev.servers.scripted import json_answer

LOGOUT = "/api/v1/auth/logout"


async def test_a_password_signs_in_every_client_of_this_machine(
    backend: FakeBackend, store: PlaintextStore, new_client: Callable[..., AsyncClient]
) -> None:
    assert await new_client().sign_in.with_password("ada", PASSWORD) == USER
    session = store.load()
    assert session is not None
    assert session.user_id == USER.id
    assert await new_client().me() == USER


async def test_a_wrong_password_stores_nothing(
    backend: FakeBackend, store: PlaintextStore, client: AsyncClient
) -> None:
    with pytest.raises(AuthenticationFailed, match="password is wrong"):
        await client.sign_in.with_password("ada", "guess")
    assert store.load() is None
    assert backend.refreshes == 0


async def test_a_device_code_signs_in_once_it_is_confirmed(
    backend: FakeBackend, store: PlaintextStore, client: AsyncClient
) -> None:
    backend.device_answers = ["authorization_pending", "authorization_pending"]
    code = await client.sign_in.start_device()
    assert code.user_code == "ABCD-EFGH"
    assert await client.sign_in.finish_device(code) == USER
    assert store.load() is not None
    form = backend.asked("POST", "/api/v1/auth/device/token")[0]
    assert form.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code" in form.body


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("access_denied", "refused in the browser"),
        ("expired_token", "expired"),
        ("invalid_grant", "invalid_grant"),
    ],
)
async def test_a_device_code_that_is_refused_says_why(
    backend: FakeBackend, store: PlaintextStore, client: AsyncClient, error: str, words: str
) -> None:
    backend.device_answers = [error]
    with pytest.raises(AuthenticationFailed, match=words):
        await client.sign_in.finish_device(await client.sign_in.start_device())
    assert store.load() is None


async def test_a_device_code_that_has_run_out_is_not_asked_for(
    client: AsyncClient, backend: FakeBackend
) -> None:
    code = DeviceCode("device-1", "ABCD", "http://x", "http://x", expires_in=0, interval=0)
    with pytest.raises(AuthenticationFailed, match="expired"):
        await client.sign_in.finish_device(code)
    assert backend.requests == []


@pytest.mark.usefixtures("signed_in")
async def test_signing_out_forgets_here_and_tells_the_backend(
    backend: FakeBackend, store: PlaintextStore, client: AsyncClient
) -> None:
    await client.me()
    session = store.load()
    assert session is not None
    assert await client.sign_in.out() == Ending(was_signed_in=True, waiting=0)
    assert store.load() is None
    assert backend.asked("POST", "/api/v1/auth/logout")[0].json() == {"refresh_token": session.refresh_token}
    with pytest.raises(SignedOut):
        await client.me()


async def test_signing_out_twice_is_fine(client: AsyncClient) -> None:
    assert await client.sign_in.out() == Ending(was_signed_in=False, waiting=0)


@pytest.mark.usefixtures("signed_in")
async def test_signing_out_offline_forgets_here_and_the_next_sign_in_tells_the_backend(
    backend: FakeBackend, store: PlaintextStore, client: AsyncClient
) -> None:
    (session,) = {store.load()}
    assert session is not None
    await backend.stop()
    assert await client.sign_in.out() == Ending(was_signed_in=True, waiting=1)
    assert store.load() is None
    assert store.ended() == (session.refresh_token,)
    await backend.start()
    await client.sign_in.with_password("ada", PASSWORD)
    assert backend.asked("POST", LOGOUT)[0].json() == {"refresh_token": session.refresh_token}
    assert store.ended() == ()


@pytest.mark.usefixtures("signed_in")
async def test_a_session_that_a_sign_in_replaces_is_ended_at_the_backend(
    backend: FakeBackend, store: PlaintextStore, client: AsyncClient
) -> None:
    before = store.load()
    assert before is not None
    await client.sign_in.with_password("ada", PASSWORD)
    assert [each.json()["refresh_token"] for each in backend.asked("POST", LOGOUT)] == [before.refresh_token]


async def test_a_session_that_can_not_be_kept_is_ended_at_the_backend(
    locations: Locations, backend: FakeBackend, client: AsyncClient
) -> None:
    locations.state.write_text("a file where the folder should be")
    with pytest.raises(OSError):  # noqa: PT011 - the system's own words
        await client.sign_in.with_password("ada", PASSWORD)
    assert len(backend.asked("POST", LOGOUT)) == 1


async def test_an_api_key_is_never_handed_out_as_an_access_token(
    backend: FakeBackend, new_client: Callable[..., AsyncClient]
) -> None:
    client = new_client(settings=Settings(server_url=backend.origin, token="hs_canary"))
    with pytest.raises(SettingsInvalid, match="HIVESYNC_TOKEN") as caught:
        await client.sign_in.access_token()
    assert "canary" not in str(caught.value)


@pytest.mark.usefixtures("signed_in")
async def test_an_agent_that_runs_is_the_one_that_renews(
    backend: FakeBackend, store: PlaintextStore, agent: FakeAgent, new_client: Callable[..., AsyncClient]
) -> None:
    """The agent is asked to see to the session, and what it has stored by then is used."""
    pair = backend.issue()

    async def renew(request: web.Request) -> web.StreamResponse:
        store.save(new_session(pair.refresh_token, USER.id, pair.access_token, pair.expires_in))
        return await json_answer({})(request)

    agent.on("GET", "/v1/session", renew)
    assert await new_client(only=Mode.DIRECT).sign_in.access_token() == pair.access_token
    assert await new_client(only=Mode.DIRECT).me() == USER
    assert len(agent.asked("GET", "/v1/session")) == 1
    assert backend.refreshes == 0


@pytest.mark.usefixtures("signed_in")
async def test_a_session_that_the_backend_has_ended_is_forgotten(
    backend: FakeBackend, store: PlaintextStore, client: AsyncClient
) -> None:
    backend.revoked = True
    with pytest.raises(SignedOut, match="has ended"):
        await client.me()
    assert store.load() is None


@pytest.mark.usefixtures("signed_in")
async def test_an_access_token_is_given_and_shared(
    backend: FakeBackend, new_client: Callable[..., AsyncClient]
) -> None:
    first = await new_client().sign_in.access_token()
    assert await new_client().sign_in.access_token() == first
    assert backend.refreshes == 1


async def test_a_token_that_was_kept_before_the_clock_was_set_back_is_not_given_out(
    backend: FakeBackend, store: PlaintextStore, client: AsyncClient
) -> None:
    """By this machine's clock it lasts for six hours more; the backend has ended it."""
    pair, then = backend.issue(), time.time() + 6 * 3600
    store.save(StoredSession(pair.refresh_token, USER.id, then, "ended", then + pair.expires_in))
    token = await client.sign_in.bearer_token()
    assert token.access_token != "ended"
    assert token.expires_in <= pair.expires_in
    assert (await client.me(), backend.refreshes) == (USER, 1)


@pytest.mark.usefixtures("signed_in")
async def test_a_session_is_never_sent_to_another_origin(new_client: Callable[..., AsyncClient]) -> None:
    async with FakeBackend() as other:
        client = new_client(settings=Settings(server_url=other.origin))
        with pytest.raises(SignedOut):
            await client.me()
        assert other.requests == []


async def test_it_tells_where_the_session_is_kept(client: AsyncClient) -> None:
    assert client.sign_in.stored_in is SessionStore.FILE
