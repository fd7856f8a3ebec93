"""`login`, `logout`, `whoami`, `token`: by agent and direct."""

from __future__ import annotations

import stat
import sys
from dataclasses import replace

import pytest
from aiohttp import web
from hivesync.credentials.plaintext import PlaintextStore
from hivesync_contract.keychain import KeychainState, SessionStore
from hivesync_contract.local_api import LoginPending, Session
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.fake_backend import PASSWORD, USER, FakeBackend
from hivesync_dev.servers.scripted import json_answer, problem_answer

LOGIN = ("login", "--email", "ada", "--password-stdin")


def session(*, stored_in: SessionStore = SessionStore.KEYCHAIN, **changes: object) -> Session:
    values: dict[str, object] = {
        "signed_in": True,
        "server_url": "http://127.0.0.1:1",
        "profile": "default",
        "keychain": KeychainState.OK,
        "stored_in": stored_in,
        "user": USER,
    }
    return Session(**{**values, **changes})  # type: ignore[arg-type]


def signed_out(was_signed_in: bool, waiting: int = 0) -> dict[str, object]:
    """Give what `logout --json` answers."""
    return {"signed_out": was_signed_in, "revocations_waiting": waiting, "queued_operations": 0}


@pytest.fixture
def running(agent: FakeAgent, backend: FakeBackend) -> FakeAgent:
    """An agent that answers `status`, as a running one does."""
    agent.on("GET", "/v1/status", json_answer(agent_status(backend.origin)))
    agent.on("GET", "/v1/session", json_answer(session()))
    return agent


async def test_a_password_goes_to_the_running_agent(
    hivesync: CommandLine, running: FakeAgent, backend: FakeBackend
) -> None:
    running.on("POST", "/v1/session/login", json_answer(session()))
    outcome = await hivesync.run(*LOGIN, stdin=PASSWORD + "\n")
    assert (outcome.code, outcome.out) == (0, "Signed in as ada@example.org (ada).\n")
    assert running.asked("POST", "/v1/session/login")[0].json() == {"login": "ada", "password": PASSWORD}
    assert backend.requests == []


async def test_a_password_can_not_be_asked_for_without_a_terminal(
    hivesync: CommandLine, running: FakeAgent
) -> None:
    outcome = await hivesync.run("login", "--email", "ada", stdin=PASSWORD)
    assert (outcome.code, outcome.out) == (2, "")
    assert "needs --password-stdin" in outcome.err
    assert "Warning" not in outcome.err
    assert running.asked("POST", "/v1/session/login") == []


@pytest.mark.parametrize("text", ["", "\n", "\r\n"])
async def test_an_empty_password_is_refused_here(
    hivesync: CommandLine, running: FakeAgent, text: str
) -> None:
    outcome = await hivesync.run(*LOGIN, stdin=text)
    assert outcome.code == 2
    assert "The password is empty." in outcome.err
    assert running.asked("POST", "/v1/session/login") == []


async def test_a_wrong_password_is_3_and_is_not_repeated(hivesync: CommandLine, running: FakeAgent) -> None:
    running.on(
        "POST", "/v1/session/login", problem_answer(401, "AUTH_INVALID", "Login or password is wrong.")
    )
    outcome = await hivesync.run(*LOGIN, stdin="canary-password\n")
    assert outcome.code == 3
    assert "Login or password is wrong." in outcome.err
    assert "canary" not in outcome.out + outcome.err


async def test_a_device_code_is_shown_and_waited_for(hivesync: CommandLine, running: FakeAgent) -> None:
    pending = LoginPending("ABCD-EFGH", "http://x/device", "http://x/device?user_code=ABCD-EFGH", 600)
    waiting = session(signed_in=False, user=None, pending=pending, stored_in=SessionStore.NONE)
    answers = [session(signed_in=False, user=None), waiting]

    async def show(request: web.Request) -> web.StreamResponse:
        return await json_answer(answers.pop(0) if answers else session())(request)

    running.on("GET", "/v1/session", show)
    running.on("POST", "/v1/session/login", json_answer(waiting, 202))
    outcome = await hivesync.run("login")
    assert outcome.code == 0
    assert "http://x/device?user_code=ABCD-EFGH" in outcome.err
    assert "ABCD-EFGH" in outcome.err
    assert "Signed in as ada@example.org" in outcome.out


async def test_a_refused_device_code_is_3_with_the_reason(hivesync: CommandLine, running: FakeAgent) -> None:
    running.on("GET", "/v1/session", json_answer(session(signed_in=False, user=None)))
    refused = session(signed_in=False, user=None, error="The sign-in was refused in the browser.")
    running.on("POST", "/v1/session/login", json_answer(refused, 202))
    outcome = await hivesync.run("login", "--json")
    assert (outcome.code, outcome.json()["detail"]) == (3, "The sign-in was refused in the browser.")


async def test_who_is_signed_in_already_is_told_so(hivesync: CommandLine, running: FakeAgent) -> None:
    outcome = await hivesync.run("login", "--json")
    assert outcome.json()["user"]["username"] == "ada"
    assert running.asked("POST", "/v1/session/login") == []


async def test_a_session_in_memory_is_warned_about(hivesync: CommandLine, running: FakeAgent) -> None:
    kept = session(stored_in=SessionStore.MEMORY, keychain=KeychainState.MISSING)
    running.on("GET", "/v1/session", json_answer(kept))
    running.on("POST", "/v1/session/login", json_answer(kept))
    outcome = await hivesync.run(*LOGIN, stdin=PASSWORD)
    assert "no usable keychain" in outcome.err


@pytest.mark.parametrize("signed_in", [True, False])
async def test_a_token_that_only_the_agent_could_get_is_told_apart_from_being_signed_out(
    hivesync: CommandLine, agent: FakeAgent, backend: FakeBackend, signed_in: bool
) -> None:
    agent.on("GET", "/v1/status", json_answer(replace(agent_status(backend.origin), signed_in=signed_in)))
    outcome = await hivesync.run("token")
    assert (outcome.code, outcome.out) == (3, "")
    assert ("The agent is signed in" in outcome.err) is signed_in
    assert ("--plaintext-storage" in outcome.err) is signed_in


async def test_being_signed_out_is_one_clear_line_of_the_status(
    hivesync: CommandLine, backend: FakeBackend
) -> None:
    assert (await hivesync.run("status")).out.splitlines()[-1] == "signed in  no; run `hivesync login`"


@pytest.mark.usefixtures("signed_in")
async def test_a_status_without_the_backend_claims_nothing_about_the_session(
    hivesync: CommandLine, backend: FakeBackend
) -> None:
    await backend.stop()
    last = (await hivesync.run("status")).out.splitlines()[-1]
    assert last == "signed in  not checked: the backend can't be reached"


@pytest.mark.usefixtures("store")
async def test_without_an_agent_the_session_is_shared_by_later_commands(
    hivesync: CommandLine, backend: FakeBackend
) -> None:
    assert (await hivesync.run(*LOGIN, "--no-agent", stdin=PASSWORD)).code == 0
    assert (await hivesync.run("whoami")).out == "ada@example.org (ada), premium\n"
    token = (await hivesync.run("token")).out.strip()
    told = (await hivesync.run("token", "--json")).json()
    assert 800 < told.pop("expires_in") <= 900  # it was had a moment ago, for fifteen minutes
    assert told == {"access_token": token, "token_type": "Bearer"}
    assert backend.refreshes == 0
    assert (await hivesync.run("logout")).out == "Signed out.\n"
    assert (await hivesync.run("whoami")).code == 3
    assert (await hivesync.run("logout", "--json")).json() == signed_out(False)


async def test_a_device_code_without_an_agent(
    hivesync: CommandLine, backend: FakeBackend, store: PlaintextStore
) -> None:
    backend.device_answers = ["authorization_pending"]
    outcome = await hivesync.run("login", "--no-agent")
    assert outcome.code == 0
    assert "ABCD-EFGH" in outcome.err
    assert store.load() is not None


async def test_without_keychain_or_consent_nothing_is_stored(hivesync: CommandLine) -> None:
    outcome = await hivesync.run(*LOGIN, "--no-agent", stdin=PASSWORD)
    assert outcome.code == 1
    assert "code: KEYCHAIN_UNAVAILABLE" in outcome.err
    assert not list(hivesync.folder.rglob("session-*.json"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
async def test_consent_is_warned_about_and_gives_a_private_file(hivesync: CommandLine) -> None:
    outcome = await hivesync.run(*LOGIN, "--no-agent", "--plaintext-storage", stdin=PASSWORD)
    assert outcome.code == 0
    assert "plain text" in outcome.err
    (file,) = hivesync.locations.state.glob("session-*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_logging_out_goes_to_the_running_agent(hivesync: CommandLine, running: FakeAgent) -> None:
    running.on("DELETE", "/v1/session", json_answer(session(signed_in=False, user=None)))
    assert (await hivesync.run("logout", "--json")).json() == signed_out(True)
    assert len(running.asked("DELETE", "/v1/session")) == 1


async def test_an_api_key_needs_no_sign_in(hivesync: CommandLine, backend: FakeBackend) -> None:
    backend.api_keys.add("hs_key")
    hivesync.environ["HIVESYNC_TOKEN"] = "hs_key"
    assert (await hivesync.run("whoami")).out == "ada@example.org (ada), premium\n"
    hivesync.environ["HIVESYNC_TOKEN"] = "hs_revoked"
    refused = await hivesync.run("whoami")
    assert (refused.code, "HIVESYNC_TOKEN is set and was used" in refused.err) == (3, True)


async def test_logging_out_tells_what_was_not_sent_yet(hivesync: CommandLine, running: FakeAgent) -> None:
    running.on("DELETE", "/v1/session", json_answer(session(signed_in=False, user=None)))
    status = replace(agent_status(hivesync.server_url), queued_operations=3)
    running.on("GET", "/v1/status", json_answer(status))
    assert "Changes not sent yet: 3." in (await hivesync.run("logout")).out


@pytest.mark.usefixtures("signed_in")
async def test_a_sign_out_that_the_server_has_yet_to_hear_of_says_so(
    hivesync: CommandLine, backend: FakeBackend
) -> None:
    await backend.stop()
    outcome = await hivesync.run("logout")
    assert (outcome.code, outcome.out.splitlines()[0]) == (0, "Signed out.")
    assert "has yet to be told" in outcome.out
    await backend.start()
    assert (await hivesync.run("logout", "--json")).json() == signed_out(False)
    assert len(backend.asked("POST", "/api/v1/auth/logout")) == 1


async def test_signing_out_where_no_keychain_is_finds_nobody(hivesync: CommandLine) -> None:
    assert (await hivesync.run("logout")).out == "Nobody was signed in.\n"


@pytest.mark.usefixtures("signed_in")
async def test_a_token_is_that_of_a_session_and_never_the_key(hivesync: CommandLine) -> None:
    hivesync.environ["HIVESYNC_TOKEN"] = "hs_canary"
    outcome = await hivesync.run("token")
    assert (outcome.code, outcome.out) == (2, "")
    assert "HIVESYNC_TOKEN is set" in outcome.err
    assert "canary" not in outcome.err


async def test_an_agent_of_another_backend_is_not_used_for_the_one_that_was_named(
    hivesync: CommandLine, running: FakeAgent
) -> None:
    running.server_url = "https://other.example"
    running.publish()
    for command in ("whoami", "api GET projects", "logout", "preview ."):
        outcome = await hivesync.run(*command.split())
        assert (outcome.code, outcome.out) == (2, ""), command
        assert "serves https://other.example" in outcome.err
        assert "hivesync agent restart" in outcome.err
    assert {request.path for request in running.requests} == {"/", "/v1/status"}
    assert (await hivesync.run("status")).code == 0


async def test_where_no_backend_is_named_the_agent_s_is_meant(
    hivesync: CommandLine, running: FakeAgent
) -> None:
    running.on("GET", "/api/v1/auth/me", json_answer(USER))
    running.server_url = "https://other.example"
    running.publish()
    hivesync.environ["HIVESYNC_SERVER_URL"] = ""
    assert (await hivesync.run("whoami")).code == 0
