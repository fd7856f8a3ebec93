"""Answers of the agent's own routes as bytes: framed as HTTP asks for it, and marked as the agent's."""

from __future__ import annotations

import asyncio
import time
from email.utils import parsedate_to_datetime

import pytest
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import EVENT_STREAM, delete, get
from hivesync_agent.local_api.table import RouteTable
from hivesync_agent.problems import MethodNotAllowed, NotFound
from hivesync_agent.response import Response
from hivesync_contract.discovery import API_PREFIX
from hivesync_contract.local_api import AgentStatus
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_http import RawAnswer, send_raw

STATUS = f"{API_PREFIX}/v1/status"


async def ask(agent: RunningAgent, line: str, *extra: str, body: bytes = b"") -> RawAnswer:
    """Send one request and give its answer."""
    answer = await send_raw(agent.port, agent.head(line, *extra) + body)
    assert answer is not None
    return answer


async def test_every_answer_says_whose_it_is_and_when_it_was_made(agent: RunningAgent) -> None:
    for path in (STATUS, f"{API_PREFIX}/v1/nothing", f"{API_PREFIX}/?nonce={'0' * 32}"):
        answer = await ask(agent, f"GET {path}")
        assert answer.header("X-HiveSync-Agent")
        assert answer.header("Cache-Control") == "no-store"
        made = answer.header("Date")
        assert made is not None
        assert abs(parsedate_to_datetime(made).timestamp() - time.time()) < 5


async def test_head_is_get_without_the_body(agent: RunningAgent) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    writer.write(agent.head(f"HEAD {STATUS}") + agent.head(f"GET {STATUS}", "Connection: close"))
    async with asyncio.timeout(5):
        got = await reader.read()
    writer.close()
    first, second, body = got.split(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert second.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b'"uptime_seconds"' in body


async def test_a_stream_has_no_head(agent: RunningAgent) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    writer.write(agent.head(f"HEAD {API_PREFIX}/v1/events"))
    async with asyncio.timeout(5):
        got = await reader.read()
    writer.close()
    assert got.startswith(b"HTTP/1.1 405 ")
    assert b"\r\nAllow: GET\r\n" in got


async def test_a_wrong_method_is_told_the_right_ones(agent: RunningAgent) -> None:
    answer = await ask(agent, f"DELETE {STATUS}")
    assert (answer.status, answer.header("Allow")) == (405, "GET, HEAD")


async def test_a_stream_for_http_1_0_ends_with_its_connection(agent: RunningAgent) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    writer.write(agent.head(f"GET {API_PREFIX}/v1/events").replace(b"HTTP/1.1", b"HTTP/1.0"))
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Transfer-Encoding" not in head
        assert b"\r\nConnection: close\r\n" in head
        assert await reader.readline() == b": hivesync\n"
        agent.agent.bus.close()
        await reader.read()
    writer.close()


@pytest.mark.parametrize("path", ["/v1/status/", "/v1", "/v1/previews/a/b", "/v1/statu%73"])
async def test_what_is_no_route_is_404(agent: RunningAgent, path: str) -> None:
    assert (await ask(agent, f"GET {API_PREFIX}{path}")).status == 404


async def test_an_expectation_that_nobody_knows_is_417(agent: RunningAgent) -> None:
    assert (await ask(agent, f"GET {STATUS}", "Expect: coffee")).status == 417


async def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(agent: RunningAgent) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.port)
    line = f"POST {API_PREFIX}/v1/projects"
    writer.write(agent.head(line, "Expect: 100-continue", "Content-Length: 2", "Connection: close"))
    async with asyncio.timeout(5):
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"{}")
        assert (await reader.readline()).startswith(b"HTTP/1.1 422 ")
    writer.close()


def test_an_answer_without_content_names_no_length() -> None:
    """RFC 9110 §8.6: a 204 must not."""
    assert b"Content-Length" not in Response(204).as_bytes(close=False)


async def _handler(request: LocalRequest) -> Response:
    raise NotImplementedError


TABLE = RouteTable(
    [
        get("/v1/things", _handler, {200: AgentStatus}),
        get("/v1/things/{id}", _handler, {200: AgentStatus}),
        delete("/v1/things/{id}", _handler, {204: None}),
        get("/v1/things/{id}/parts/{part}", _handler, {200: AgentStatus}),
        get("/v1/things/latest", _handler, {200: EVENT_STREAM}),
    ]
)


def test_a_fixed_path_wins_over_one_that_varies() -> None:
    assert TABLE.find("GET", "/v1/things/latest")[0].path == "/v1/things/latest"


def test_what_varies_is_given_decoded_and_never_spans_segments() -> None:
    route, parameters = TABLE.find("GET", "/v1/things/a%20b/parts/%C3%A9")
    assert (route.path, parameters) == ("/v1/things/{id}/parts/{part}", {"id": "a b", "part": "é"})
    with pytest.raises(NotFound):
        TABLE.find("GET", "/v1/things/a/b")


def test_a_method_is_looked_for_at_its_path_only() -> None:
    assert TABLE.find("DELETE", "/v1/things/1")[0].method == "DELETE"
    with pytest.raises(MethodNotAllowed) as caught:
        TABLE.find("DELETE", "/v1/things")
    assert caught.value.allowed == "GET, HEAD"


@pytest.mark.parametrize("body", [b"[" * 500_000, b'{"path":' * 50_000 + b"1" + b"}" * 50_000])
async def test_a_body_that_is_nested_without_end_is_refused(agent: RunningAgent, body: bytes) -> None:
    async with agent.http.post(f"{agent.url}/v1/previews", data=body) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, "VALIDATION_ERROR")
