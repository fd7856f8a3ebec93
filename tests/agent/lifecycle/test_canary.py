"""A token that went through everything is found nowhere: not in logs, not on the terminal, not in answers."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import aiohttp
from hivesync_dev.servers.agents import CLIENT, environment_in, locations_in, start_agent_process
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.servers.upstream_backend import UpstreamBackend


async def use_everything(http: aiohttp.ClientSession, url: str) -> list[str]:
    """Make every kind of call, good and bad; give the answers that the agent itself made."""
    login = {"login": EMAIL, "password": PASSWORD}
    calls = [
        ("POST", "/v1/session/login", {"login": EMAIL, "password": "wrong"}),
        ("POST", "/v1/session/login", {"login": EMAIL, "password": PASSWORD, "extra": PASSWORD}),
        ("POST", "/v1/session/login", login),
        ("GET", "/v1/session", None),
        ("GET", "/v1/status", None),
        ("POST", f"/api/v1/projects?password={PASSWORD}", login),
        ("GET", "/api/v1/streams/truncated", None),
        ("GET", f"/api/v1/admin?{PASSWORD}", None),
        ("GET", f"/v1/{PASSWORD.replace(' ', '-')}", None),
        ("DELETE", "/v1/session", None),
        ("GET", "/api/v1/projects", None),
        ("GET", "/v1/logs", None),
    ]
    own: list[str] = []
    for method, path, body in calls:
        try:
            async with http.request(method, url + path, json=body) as answer:
                text = await answer.text()
                if "X-HiveSync-Agent" in answer.headers:
                    own.append(text)
        except aiohttp.ClientError:
            pass  # the answer that breaks off
    return own


async def test_no_secret_leaves_by_log_terminal_or_answer(tmp_path: Path, backend: UpstreamBackend) -> None:
    environment = environment_in(tmp_path, backend.url)
    agent = await asyncio.to_thread(start_agent_process, environment)
    headers = {"X-HiveSync-Client": CLIENT, "Authorization": f"Bearer {agent.discovery.token}"}
    try:
        async with aiohttp.ClientSession(headers=headers) as http:
            answers = await use_everything(http, agent.discovery.url)
    finally:
        agent.process.terminate()
        printed = await asyncio.to_thread(agent.process.communicate, timeout=10)
    locations = locations_in(tmp_path)
    logs = "".join(path.read_text() for path in locations.log.iterdir())
    assert "agent started" in logs
    assert "answer broken off" in logs
    secrets = [agent.discovery.token, PASSWORD, *backend.identity.issued]
    assert len(secrets) > 3
    for secret in secrets:
        assert secret not in logs
        assert secret not in "".join(printed)
        assert secret not in "".join(answers)
    assert EMAIL not in logs
    for folder, _, names in os.walk(locations.state):
        for name in names:
            content = (Path(folder) / name).read_bytes()
            assert not [secret for secret in secrets if secret.encode() in content]
