"""Programs that hold an API key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend

Program = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def program(backend: RunningBackend) -> AsyncIterator[Program]:
    """Makes a client that has a new key of a user."""
    async with AsyncExitStack() as stack:

        async def make(user: BackendUser, **changed: Any) -> httpx.AsyncClient:
            client = await stack.enter_async_context(backend.client())
            client.headers["Authorization"] = f"Bearer {(await user.api_key(**changed))['key']}"
            return client

        yield make
