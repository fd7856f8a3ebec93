"""An agent in front of a backend that a test writes as bytes, signed in by an API key."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from hivesync_agent.settings import AgentSettings
from hivesync_dev.servers.agents import RunningAgent, locations_in, running_agent
from hivesync_dev.servers.raw_backend import Conversation, RawBackend

Started = AbstractAsyncContextManager[tuple[RunningAgent, RawBackend]]
StartRaw = Callable[..., Started]


@pytest.fixture
def raw(tmp_path: Path) -> StartRaw:
    """Start backend and agent; keyword arguments go to the agent's settings."""

    @contextlib.asynccontextmanager
    async def start(
        conversation: Conversation, **more: Any
    ) -> AsyncIterator[tuple[RunningAgent, RawBackend]]:
        async with RawBackend(conversation) as backend:
            settings = AgentSettings(
                server_url=backend.url,
                profile="default",
                locations=locations_in(tmp_path),
                api_key="hs_test_0123456789abcdef0123456789abcdef",
                **{"drain_seconds": 0.2, **more},
            )
            async with running_agent(settings) as agent:
                await backend.followed.wait()
                yield agent, backend

    return start
