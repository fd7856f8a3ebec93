"""A real browser attacks: whatever a page makes Chromium send is 403, changes nothing and is not forwarded.

The same page is let loose on a server that records everything first. So an attack that Chromium itself
prevents, or that a typing error keeps from happening, can't pass for one that the agent refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.browser import chromium
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_http import send_raw
from hivesync_dev.servers.scripted import ScriptedServer
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from playwright.sync_api import Page, Response, WebSocket

PAGE = Path(__file__).with_name("attack.html").read_text("utf-8")
ARGUMENTS = (
    # What rebinding ends in: a name of the attacker's whose address is this machine.
    "--host-resolver-rules=MAP *.example 127.0.0.1",
    # The newest browsers ask the user first. Ours is to be safe in those that do not.
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
)

WEB_SOCKETS = ("websocket", "websocket to the backend")


@dataclass
class Outcome:
    """What a page got: per attack what its script could read, and per request the status."""

    read: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, int]] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    """Headers by which an answer would let a page in."""
    sockets: list[str] = field(default_factory=list)
    """Errors of handshakes."""


@pytest.fixture
async def site() -> AsyncIterator[ScriptedServer]:
    """The attacker's site; it also records what it is asked when the page is let loose on it."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async with ScriptedServer() as server:
        server.on("GET", "/page", page)
        yield server


def attack(page: Page, address: str, target: str, token: str) -> Outcome:
    """Open the page and run all its attacks, one after another."""
    outcome = Outcome()

    def answered(response: Response) -> None:
        if response.url.startswith(target):
            outcome.answers.append((response.url, response.status))
            outcome.shared += [name for name in response.headers if name.startswith("access-control-")]

    def opened(socket: WebSocket) -> None:
        socket.on("socketerror", lambda error: outcome.sockets.append(error))

    page.on("response", answered)
    page.on("websocket", opened)
    page.goto(f"{address}/page?{urlencode({'target': target, 'token': token})}")
    for name in page.evaluate("names"):
        outcome.read[name] = page.evaluate("name => run(name)", name)
    page.wait_for_load_state("networkidle")
    return outcome


async def let_loose(address: str, target: str, token: str, *, pretend: bool = False) -> Outcome:
    """Do all that in a fresh Chromium; `pretend`: the page itself comes from the address it attacks."""

    def run() -> Outcome:
        with chromium(*ARGUMENTS) as browser:
            page = browser.new_page()
            if pretend:
                # Before the name was rebound, the attacker's own server sent the page.
                page.route(
                    f"{address}/page?*", lambda route: route.fulfill(body=PAGE, content_type="text/html")
                )
            return attack(page, address, target, token)

    return await asyncio.to_thread(run)


def check_refused(agent: RunningAgent, backend: UpstreamBackend, outcome: Outcome) -> None:
    """Check everything that must hold after a page has tried everything."""
    assert {status for _, status in outcome.answers} == {403}, outcome.answers
    assert outcome.shared == []
    assert len(outcome.sockets) == len(WEB_SOCKETS)
    assert all("403" in error for error in outcome.sockets), outcome.sockets
    assert "opened" not in outcome.read.values()
    assert backend.relayed() == []
    assert not agent.agent.switch.paused
    assert agent.agent.access.signed_in


async def check_alive(agent: RunningAgent) -> None:
    """Check that the agent still serves its user, and knows no client but them."""
    async with agent.http.get(f"{agent.url}/v1/status") as answer:
        assert answer.status == 200
        assert [client["name"] for client in (await answer.json())["clients"]] == ["hivesync-tests"]


@pytest.fixture
async def arrived(site: ScriptedServer) -> int:
    """How many requests the page causes where nobody refuses them; every attack is one at least."""
    outcome = await let_loose(f"http://evil.example:{site.port}", f"{site.origin}/stand-in", "x")
    paths = [request for request in site.requests if request.path.startswith("/stand-in")]
    assert len(paths) >= len(outcome.read)
    assert len(outcome.read) > 25
    return len(outcome.answers)


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1"])
async def test_a_page_reaches_nothing(
    signed_in: RunningAgent, backend: UpstreamBackend, site: ScriptedServer, arrived: int, host: str
) -> None:
    """Also not a page of this machine itself, such as another program's or a development server's."""
    outcome = await let_loose(f"http://{host}:{site.port}", signed_in.url, signed_in.token)
    assert len(outcome.answers) >= arrived * 0.8, "Chromium held something back"
    check_refused(signed_in, backend, outcome)
    await check_alive(signed_in)


async def test_a_page_whose_name_was_rebound_to_this_machine_reaches_nothing(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    """To the browser this is one origin: no Origin header on reads, no preflight, no Sec-Fetch header."""
    rebound = f"http://rebound.example:{signed_in.port}"
    outcome = await let_loose(rebound, rebound + API_PREFIX, signed_in.token, pretend=True)
    assert len(outcome.answers) > 20
    # It reads the refusals, as it must; they say nothing.
    assert all(signed_in.token not in text for text in outcome.read.values())
    check_refused(signed_in, backend, outcome)
    await check_alive(signed_in)


async def test_a_preflight_for_the_private_network_is_refused(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    asks: dict[str, Any] = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-hivesync-client",
        "Access-Control-Request-Private-Network": "true",
        "Access-Control-Request-Local-Network": "true",
    }
    for path in ("/v1/shutdown", "/api/v1/projects", "/v1/nothing", "/"):
        head = signed_in.head(
            f"OPTIONS {API_PREFIX}{path}", *(f"{name}: {text}" for name, text in asks.items())
        )
        answer = await send_raw(signed_in.port, head)
        assert answer is not None
        assert answer.status == 403
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
    assert backend.relayed() == []
