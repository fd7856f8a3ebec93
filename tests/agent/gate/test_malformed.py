"""What no HTTP library sends: ambiguous targets, heads and bodies are refused, and leave no trace."""

from __future__ import annotations

import asyncio
import logging

import pytest
from hivesync_agent.gate import connection
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_http import read_answer, send_raw
from hivesync_dev.servers.upstream_backend import UpstreamBackend

RELAYED = f"{API_PREFIX}/api/v1"
CANARY = "canary-7Hq2nN0cD3xZ8"


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}" + API_PREFIX + "/v1/status",
        "http://evil.example/",
        "https://evil.example" + RELAYED + "/projects",
        "//evil.example/",
        "//127.0.0.1:{port}" + RELAYED + "/health",
        "///" + RELAYED,
        "*",
        "evil.example:443",
        "http:evil.example",
        "http:/evil.example/",
        "http://127.0.0.1:{port}@evil.example/",
        "ws://127.0.0.1:{port}" + RELAYED + "/projects",
        "@evil.example/",
        RELAYED + "/http://evil.example/",
        "?x=1",
        RELAYED + "/../../v1/shutdown",
        RELAYED + "/projects/../admin/users",
        RELAYED + "/projects/./x",
        RELAYED + "/projects/..",
        RELAYED + "/%2e%2e/admin/users",
        RELAYED + "/projects/%2E%2e/admin",
        RELAYED + "/projects/.%2e/admin",
        RELAYED + "/projects%2f..%2fadmin",
        RELAYED + "/projects/%2Fadmin",
        RELAYED + "/projects/%5c..%5cadmin",
        RELAYED + "/projects\\..\\admin",
        RELAYED + "/projects/%252e%252e/admin",
        RELAYED + "/projects/%00",
        RELAYED + "/projects/%0d%0aX-Injected:1",
        RELAYED + "/projects/%7f",
        RELAYED + "/projects/%zz",
        RELAYED + "/projects/%",
        RELAYED + "//projects",
        RELAYED + "/projects//x",
        RELAYED + "/projects;a=b/x",
        RELAYED + "/projects%3ba=b",
        RELAYED + "/projects#fragment",
        RELAYED + "/caf\u00e9",
        RELAYED + "/projects?x=<script>",
        RELAYED + "/projects?x=\u00e9",
        RELAYED + "/%61dmin/users",
        RELAYED + "/a%64min",
        RELAYED + "/",
        RELAYED + "/.hidden",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_target_that_could_be_read_in_two_ways_is_refused(
    signed_in: RunningAgent, backend: UpstreamBackend, method: str, target: str
) -> None:
    answer = await send_raw(
        signed_in.port, signed_in.head(f"{method} {target.format(port=signed_in.port)}", "Content-Length: 0")
    )
    assert answer is not None
    assert answer.status == 400
    assert answer.closed
    assert backend.relayed() == []


async def test_the_agent_is_no_proxy(agent: RunningAgent) -> None:
    answer = await send_raw(agent.port, agent.head("CONNECT evil.example:443"))
    assert answer is not None
    assert answer.status == 400
    assert answer.closed


@pytest.mark.parametrize(
    "extra",
    [
        ["Host: 127.0.0.1:{port}"],
        ["Host: evil.example"],
        ["Authorization: Bearer other"],
        ["X-HiveSync-Client: other/1"],
        ["Idempotency-Key: a", "Idempotency-Key: b"],
        ["Content-Length: 0", "Content-Length: 0"],
        ["Content-Length: 0", "Content-Length: 5"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked;q=1"],
        ["Transfer-Encoding: ,chunked"],
        ["Transfer-Encoding: \x0bchunked"],
        ["Transfer-Encoding: "],
        ["Transfer-Encoding: identity", "Content-Length: 5"],
        ["Transfer-Encoding: chunked", "Transfer-encoding: identity"],
        ["Content-Length: "],
        ["Content-Length: 5 5"],
        ["Content-Length: 5\x0b"],
        ["Transfer-Encoding : chunked"],
        ["Content-Length: +5"],
        ["Content-Length: -1"],
        ["Content-Length: 5, 5"],
        ["Content-Length: 0x5"],
        ["Content-Length: 99999999999999999999999"],
        [" Folded: line"],
        ["X-Folded: a\r\n b"],
        ["X-Bare: a\nX-Injected: b"],
        ["X-Bare: a\rX-Injected: b"],
        ["X-Nul: a\0b"],
        ["X-Control: a\x01b"],
        ["X-Delete: a\x7fb"],
        ["X Space: a"],
        ["X-NoColon"],
        [": no name"],
        ["X-\u00e9: a"],
    ],
)
async def test_an_ambiguous_head_is_refused(
    signed_in: RunningAgent, backend: UpstreamBackend, extra: list[str]
) -> None:
    lines = [line.format(port=signed_in.port) for line in extra]
    answer = await send_raw(signed_in.port, signed_in.head(f"POST {RELAYED}/projects", *lines))
    assert answer is not None
    assert answer.status == 400
    assert answer.header("Content-Type") == "application/problem+json"
    assert answer.closed
    assert backend.relayed() == []


@pytest.mark.parametrize(
    "first_line",
    [
        "GET",
        "GET /",
        "GET / HTTP/9.9",
        "GET / HTTP/2.0",
        "get / HTTP/1.1",
        "G@T / HTTP/1.1",
        "\x16\x03\x01\x02",
    ],
)
async def test_what_is_not_http_is_refused(agent: RunningAgent, first_line: str) -> None:
    answer = await send_raw(agent.port, f"{first_line}\r\nHost: x\r\n\r\n".encode("latin-1"))
    assert answer is not None
    assert answer.status in (400, 403)
    assert answer.closed


@pytest.mark.parametrize(
    ("line", "extra"),
    [
        (f"GET {RELAYED}/projects?q={'x' * 9000}", []),
        (f"GET {RELAYED}/projects", [f"X-Big: {'x' * 9000}"]),
        (f"GET {RELAYED}/projects", [f"X-Many-{number}: x" for number in range(100)]),
        (f"GET {RELAYED}/projects", [f"X-Large-{number}: {'x' * 4000}" for number in range(20)]),
    ],
)
async def test_a_huge_head_is_431(agent: RunningAgent, line: str, extra: list[str]) -> None:
    answer = await send_raw(agent.port, agent.head(line, *extra))
    assert answer is not None
    assert answer.status == 431
    assert b'"PAYLOAD_TOO_LARGE"' in answer.body
    assert answer.closed


async def test_an_endless_head_is_ended(agent: RunningAgent) -> None:
    head = agent.head(f"GET {RELAYED}/projects").removesuffix(b"\r\n")
    parts = [b"X-%d: " % number + b"y" * 1000 + b"\r\n" for number in range(60)]
    answer = await send_raw(agent.port, head, *parts)
    assert answer is None or answer.status == 431


async def test_a_head_that_trickles_in_is_408(agent: RunningAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.05)
    answer = await send_raw(agent.port, b"GET / HTTP/1.1\r\nHost: ")
    assert answer is not None
    assert answer.status == 408
    assert answer.header("X-HiveSync-Agent")


async def test_a_head_in_small_pieces_is_fine_if_it_is_quick(agent: RunningAgent) -> None:
    head = agent.head(f"GET {API_PREFIX}/v1/session")
    answer = await send_raw(agent.port, *[head[index : index + 7] for index in range(0, len(head), 7)])
    assert answer is not None
    assert answer.status == 200


async def test_two_requests_in_one_packet_get_two_answers(agent: RunningAgent) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    writer.write(agent.head(f"GET {API_PREFIX}/v1/session") * 2)
    for _ in range(2):
        answer = await read_answer(reader)
        assert answer is not None
        assert answer.status == 200
    writer.close()


async def test_an_upgrade_that_the_agent_does_not_know_is_refused(agent: RunningAgent) -> None:
    for protocol in ("h2c", "TLS/1.0", "websocket"):
        head = agent.head(f"GET {API_PREFIX}/v1/status", "Connection: Upgrade", f"Upgrade: {protocol}")
        answer = await send_raw(agent.port, head)
        assert answer is not None
        assert answer.status == 400


async def test_what_was_refused_appears_in_no_log_and_no_answer(
    agent: RunningAgent, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for line, extra in [
        (f"GET {RELAYED}/x?token={CANARY}", f"Authorization: Bearer {CANARY}"),
        (f"GET {RELAYED}/{CANARY}/%2e%2e/x", "X-Fine: x"),
        (f"GET http://{CANARY}.example/", "X-Fine: x"),
        (f"GET {RELAYED}/x", f"X-Bad: {CANARY}\0"),
        (f"GET {RELAYED}/x", f"Bad {CANARY}: x"),
        (f"GET {RELAYED}/x", f"X-Big: {CANARY}{'x' * 9000}"),
    ]:
        answer = await send_raw(agent.port, agent.head(line, extra))
        assert answer is not None
        assert answer.status >= 400
        assert CANARY.encode() not in answer.body
    assert CANARY not in caplog.text
    assert "Traceback" not in caplog.text
    assert agent.token not in caplog.text
