"""Who has not read the discovery file gets nowhere; who has, says who it is."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hivesync_contract import PROTOCOL_MAX
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_http import RawAnswer, send_raw
from hivesync_dev.servers.upstream_backend import UpstreamBackend

STATUS = f"GET {API_PREFIX}/v1/status"


async def answer_to(agent: RunningAgent, head: bytes) -> RawAnswer:
    """Send a head; there must be an answer."""
    answer = await send_raw(agent.port, head)
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic {token}",
        "{token}",
        "Bearer {token}x",
        "Bearer {short}",
        "Bearer  {token}",
        "Bearer {token},{token}",
        "Bearer {upper}",
    ],
)
@pytest.mark.parametrize("path", ["/v1/status", "/v1/session", "/v1/events", "/api/v1/health", "/nothing"])
async def test_without_the_token_there_is_nothing(
    signed_in: RunningAgent, backend: UpstreamBackend, authorization: str | None, path: str
) -> None:
    head = signed_in.head(f"GET {API_PREFIX}{path}")
    good = f"Authorization: Bearer {signed_in.token}\r\n".encode()
    assert good in head
    token = signed_in.token
    bad = (
        ""
        if authorization is None
        else "Authorization: "
        + authorization.format(token=token, short=token[:-1], upper=token.swapcase())
        + "\r\n"
    )
    answer = await answer_to(signed_in, head.replace(good, bad.encode()))
    assert answer.status == 401
    assert b'"AUTH_INVALID"' in answer.body
    assert answer.header("X-HiveSync-Agent")
    assert token.encode() not in answer.body
    assert backend.relayed() == []


async def test_the_token_is_not_taken_from_the_query(agent: RunningAgent) -> None:
    head = agent.head(f"{STATUS}?token={agent.token}&access_token={agent.token}")
    answer = await answer_to(agent, head.replace(f"Bearer {agent.token}".encode(), b"Bearer x"))
    assert answer.status == 401


@pytest.mark.parametrize(
    "client", [None, "", "name", "/1.0", "name/", "a b/1", "na\u00efve/1", "x" * 65 + "/1", "n/1/2", "-n/1"]
)
async def test_a_client_says_who_it_is(agent: RunningAgent, client: str | None) -> None:
    head = agent.head(STATUS)
    good = b"X-HiveSync-Client: hivesync-tests/1.0\r\n"
    assert good in head
    bad = "" if client is None else f"X-HiveSync-Client: {client}\r\n"
    answer = await answer_to(agent, head.replace(good, bad.encode("latin-1")))
    assert answer.status == 400
    assert b"X-HiveSync-Client" in answer.body


async def test_a_well_formed_caller_is_let_in_whatever_the_case_of_its_headers(agent: RunningAgent) -> None:
    head = agent.head(STATUS).replace(b"Authorization: Bearer", b"aUTHORIZATION: bearer")
    assert (await answer_to(agent, head)).status == 200


@pytest.mark.parametrize(
    ("spoken", "status", "code"),
    [
        (str(PROTOCOL_MAX), 200, None),
        (str(PROTOCOL_MAX + 1), 400, b"PROTOCOL_UNSUPPORTED"),
        ("0", 400, b"PROTOCOL_UNSUPPORTED"),
        ("one", 400, b"VALIDATION_ERROR"),
        ("-1", 400, b"VALIDATION_ERROR"),
        ("9" * 5000, 400, b"VALIDATION_ERROR"),
    ],
)
async def test_the_protocol_is_agreed_upon(
    agent: RunningAgent, spoken: str, status: int, code: bytes | None
) -> None:
    answer = await answer_to(agent, agent.head(STATUS, f"X-HiveSync-Protocol: {spoken}"))
    assert answer.status == status
    assert code is None or code in answer.body


async def test_an_old_client_and_an_old_agent_are_told_what_to_update(agent: RunningAgent) -> None:
    too_old = await answer_to(agent, agent.head(STATUS, "X-HiveSync-Protocol: 0"))
    too_new = await answer_to(agent, agent.head(STATUS, f"X-HiveSync-Protocol: {PROTOCOL_MAX + 1}"))
    assert b"update the client" in too_old.body
    assert b"update HiveSync" in too_new.body


@pytest.mark.parametrize("nonce", ["ab" * 16, "AB" * 64, "0123456789abcdefABCDEF" * 2])
@pytest.mark.parametrize("path", [API_PREFIX, f"{API_PREFIX}/"])
async def test_the_proof_needs_no_token_and_shows_that_the_agent_knows_it(
    agent: RunningAgent, nonce: str, path: str
) -> None:
    head = agent.head(f"GET {path}?nonce={nonce}")
    answer = await answer_to(agent, head.replace(f"Authorization: Bearer {agent.token}\r\n".encode(), b""))
    expected = hmac.new(agent.token.encode(), nonce.encode(), hashlib.sha256).hexdigest()
    assert answer.status == 200
    assert f'"proof":"{expected}"'.encode() in answer.body
    assert agent.token.encode() not in answer.body


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?nonce=",
        "?nonce=" + "a" * 31,
        "?nonce=" + "a" * 129,
        "?nonce=" + "g" * 32,
        "?nonce=" + "a" * 32 + "&x=1",
        "?x=1&nonce=" + "a" * 32,
        "?nonce=" + "%61" * 32,
    ],
)
async def test_a_malformed_challenge_is_refused(agent: RunningAgent, query: str) -> None:
    assert (await answer_to(agent, agent.head(f"GET {API_PREFIX}/{query}"))).status == 400


async def test_an_unknown_route_is_told_to_those_who_may_ask(agent: RunningAgent) -> None:
    for path in (f"{API_PREFIX}/v1/nothing", f"{API_PREFIX}/v2/status", "/", "/favicon.ico"):
        answer = await answer_to(agent, agent.head(f"GET {path}"))
        assert answer.status == 404
        assert b'"NOT_FOUND"' in answer.body
        assert answer.header("X-HiveSync-Agent")


async def test_a_wrong_method_is_405(agent: RunningAgent) -> None:
    assert (await answer_to(agent, agent.head(f"POST {API_PREFIX}/v1/status"))).status == 405
    assert (await answer_to(agent, agent.head(f"TRACE {API_PREFIX}/api/v1/projects"))).status == 405
