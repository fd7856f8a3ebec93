"""No server fills a program's memory: what is too long is given up, and the next answer is read."""

from __future__ import annotations

import gzip

import pytest
from aiohttp import web
from hivesync import AnswerTooLong, AsyncClient, Mode, ResponseInvalid
from hivesync_contract.errors import ErrorCode
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.scripted import Handler, ScriptedServer, endless, json_answer

PROJECTS = "/api/v1/projects"
EVENTS = {"Content-Type": "text/event-stream"}
BOMB = gzip.compress(bytes(256 * 1024 * 1024), 9)
"""A quarter of a megabyte on the wire."""


def packed(content: bytes, packing: str) -> Handler:
    """Give a handler that sends these bytes as they are, and says that they are packed so."""

    async def handle(_: web.Request) -> web.StreamResponse:
        return web.Response(body=content, headers={"Content-Encoding": packing})

    return handle


@pytest.fixture(params=[Mode.DIRECT, Mode.PROXY])
def server(request: pytest.FixtureRequest, signed_in: None) -> ScriptedServer:
    """Who answers: the backend, or the agent in its stead."""
    is_direct = request.param is Mode.DIRECT
    found: ScriptedServer = request.getfixturevalue("backend" if is_direct else "agent")
    return found


@pytest.mark.parametrize("handler", [endless(), endless(status=502), packed(BOMB, "gzip")])
async def test_an_answer_without_measure_is_given_up(
    server: ScriptedServer, client: AsyncClient, handler: Handler
) -> None:
    server.on("GET", PROJECTS, handler)
    with pytest.raises(AnswerTooLong) as caught:
        await client.request("GET", PROJECTS)
    assert caught.value.code is ErrorCode.PAYLOAD_TOO_LARGE
    server.on("GET", PROJECTS, packed(gzip.compress(b'{"text": "short"}'), "gzip"))
    assert (await client.request("GET", PROJECTS)).json() == {"text": "short"}


@pytest.mark.parametrize(
    "handler",
    [
        packed(b"x", "br"),
        packed(b"xyz", "gzip"),
        packed(gzip.compress(b"xyz")[:-9], "gzip"),
        packed(gzip.compress(b"xyz") * 2, "gzip"),
    ],
)
async def test_a_packing_that_can_t_be_undone_is_no_answer(
    server: ScriptedServer, client: AsyncClient, handler: Handler
) -> None:
    server.on("GET", PROJECTS, handler)
    with pytest.raises(ResponseInvalid):
        await client.request("GET", PROJECTS)


async def test_an_event_without_measure_is_given_up(server: ScriptedServer, client: AsyncClient) -> None:
    path = "/v1/events" if isinstance(server, FakeAgent) else "/api/v1/events"
    for handler in (endless(headers=EVENTS), endless(headers=EVENTS, status=502)):
        server.on("GET", path, handler)
        with pytest.raises(AnswerTooLong):
            await anext(aiter(client.events()))


async def test_a_renewal_without_measure_is_given_up(
    backend: FakeBackend, client: AsyncClient, signed_in: None
) -> None:
    backend.on("POST", "/api/v1/auth/refresh", endless())
    with pytest.raises(AnswerTooLong):
        await client.request("GET", PROJECTS)
    backend.on("GET", "/api/v1/health", json_answer({}))
    assert (await client.request("GET", "/api/v1/health")).status == 200
