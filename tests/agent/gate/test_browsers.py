"""A website in the user's browser reaches nothing: SECURITY.md, "The local agent", first row."""

from __future__ import annotations

import pytest
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import CLIENT, RunningAgent
from hivesync_dev.servers.raw_http import RawAnswer, send_raw
from hivesync_dev.servers.upstream_backend import UpstreamBackend

ROUTES = [
    f"GET {API_PREFIX}/?nonce={'a' * 32}",
    f"GET {API_PREFIX}/v1/status",
    f"POST {API_PREFIX}/v1/session/login",
    f"DELETE {API_PREFIX}/v1/session",
    f"POST {API_PREFIX}/v1/shutdown",
    f"GET {API_PREFIX}/v1/events",
    f"GET {API_PREFIX}/api/v1/health",
    f"POST {API_PREFIX}/api/v1/projects",
    f"OPTIONS {API_PREFIX}/api/v1/projects",
    "GET /",
    "GET /nothing/here",
]
BROWSER_HEADERS = [
    "Origin: https://evil.example",
    "Origin: null",
    "origin: http://127.0.0.1",
    "ORIGIN: http://localhost:3000",
    "Origin:",
    "Referer: https://evil.example/page",
    "referer: about:blank",
    "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-Mode: no-cors",
    "sec-fetch-dest: script",
    "SEC-FETCH-USER: ?1",
    "Sec-Fetch-Storage-Access: active",
]


async def refused(agent: RunningAgent, head: bytes, status: int) -> RawAnswer:
    """Send a head and check everything that a refusal promises."""
    answer = await send_raw(agent.port, head)
    assert answer is not None
    assert answer.status == status
    assert answer.header("Content-Type") == "application/problem+json"
    assert answer.header("X-HiveSync-Agent")
    assert answer.closed
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
    return answer


@pytest.mark.parametrize("line", ROUTES)
@pytest.mark.parametrize("header", BROWSER_HEADERS)
async def test_any_header_of_a_browser_is_refused_on_every_route(
    signed_in: RunningAgent, backend: UpstreamBackend, line: str, header: str
) -> None:
    await refused(signed_in, signed_in.head(line, header), 403)
    assert backend.relayed() == []
    assert not signed_in.agent.switch.paused


@pytest.mark.parametrize("line", ROUTES)
@pytest.mark.parametrize(
    "host",
    [
        "localhost:{port}",
        "LOCALHOST:{port}",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:0{port}",
        "127.0.0.1.:{port}",
        "127.0.0.1:{port}.",
        "127.1:{port}",
        "2130706433:{port}",
        "0x7f000001:{port}",
        "0.0.0.0:{port}",
        "[::1]:{port}",
        "[::ffff:127.0.0.1]:{port}",
        "evil.example:{port}",
        "127.0.0.1:{port}@evil.example",
        "evil.example@127.0.0.1:{port}",
        "127.0.0.1.nip.io:{port}",
        "",
    ],
)
async def test_a_rebound_or_misspelt_host_is_refused_on_every_route(
    agent: RunningAgent, line: str, host: str
) -> None:
    head = agent.head(line).replace(
        f"Host: 127.0.0.1:{agent.port}".encode(), f"Host: {host.format(port=agent.port)}".encode()
    )
    await refused(agent, head, 403)


async def test_a_websocket_of_a_page_is_refused_before_the_101(agent: RunningAgent) -> None:
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    for line in (f"GET {API_PREFIX}/v1/events", f"GET {API_PREFIX}/api/v1/rooms/1"):
        await refused(agent, agent.head(line, *upgrade, key, "Origin: https://evil.example"), 403)


async def test_a_page_that_knows_the_token_is_refused_before_its_body_is_read(agent: RunningAgent) -> None:
    head = agent.head(f"POST {API_PREFIX}/v1/shutdown", "Origin: null", "Content-Length: 1000000")
    await refused(agent, head, 403)
    assert (await agent.http.get(f"{agent.url}/v1/status")).status == 200


async def test_nobody_is_asked_to_send_a_body_that_will_be_refused(agent: RunningAgent) -> None:
    expect = ("Expect: 100-continue", "Content-Length: 10")
    await refused(agent, agent.head(f"POST {API_PREFIX}/v1/shutdown", *expect, "Origin: null"), 403)


async def test_what_follows_a_refused_request_is_not_taken_for_another(agent: RunningAgent) -> None:
    smuggled = agent.head(f"POST {API_PREFIX}/v1/shutdown", "Content-Length: 0")
    refused_head = agent.head(f"GET {API_PREFIX}/v1/status", "Origin: null")
    await refused(agent, refused_head + smuggled, 403)
    assert (await agent.http.get(f"{agent.url}/v1/status")).status == 200


async def test_answers_carry_no_cors_header_even_for_good_requests(agent: RunningAgent) -> None:
    answer = await agent.http.options(f"{agent.url}/v1/status")
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


async def test_the_browser_is_refused_before_anything_else_is_judged(agent: RunningAgent) -> None:
    """403 whatever else is wrong: a page must not learn whether it guessed the rest."""
    host = f"Host: 127.0.0.1:{agent.port}"
    head = f"GET {API_PREFIX}/v1/status HTTP/1.1\r\n{host}\r\nOrigin: null\r\n\r\n"
    await refused(agent, head.encode(), 403)
    wrong = f"X-HiveSync-Client: {CLIENT}\r\nAuthorization: Bearer wrong"
    await refused(agent, head.replace("\r\n\r\n", f"\r\n{wrong}\r\n\r\n").encode(), 403)
