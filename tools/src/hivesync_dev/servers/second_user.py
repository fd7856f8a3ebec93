"""Another user who takes an agent over, for tests: signs out who is there, or signs in."""

from __future__ import annotations

from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD, USER
from hivesync_dev.servers.upstream_backend import UpstreamBackend

BOB = USER | {"id": "0199c1b2-0000-7000-8000-000000000002", "username": "bob"}


async def sign_out(agent: RunningAgent) -> None:
    """End the session of whoever is signed in."""
    async with agent.http.delete(f"{agent.url}/v1/session") as answer:
        if answer.status >= 300:
            raise AssertionError(await answer.text())


async def sign_in_as_bob(agent: RunningAgent, backend: UpstreamBackend) -> None:
    """Sign in as Bob, whoever was signed in."""
    backend.identity.user = dict(BOB)
    await sign_in(agent)


async def sign_in_as_ada(agent: RunningAgent, backend: UpstreamBackend) -> None:
    """Sign in as the user that a backend begins with."""
    backend.identity.user = dict(USER)
    await sign_in(agent)


async def sign_in(agent: RunningAgent) -> None:
    """Sign in by password as the backend's user of the moment."""
    login = {"login": EMAIL, "password": PASSWORD}
    async with agent.http.post(f"{agent.url}/v1/session/login", json=login) as answer:
        if answer.status != 200:
            raise AssertionError(await answer.text())
