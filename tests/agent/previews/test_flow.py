"""From a path to `ready`: what is sent, where, and what is told on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.fake_previews import FakePreviews


async def test_a_project_becomes_a_phone_link(
    signed_in: RunningAgent, backend: FakePreviews, project: Path
) -> None:
    async with signed_in.http.post(f"{signed_in.url}/v1/previews", json={"path": str(project)}) as answer:
        first = await answer.json()
        assert answer.status == 202, first
    assert first["preview_url"].startswith("http://127.0.0.1:8787/p/")
    print(first["state"])
