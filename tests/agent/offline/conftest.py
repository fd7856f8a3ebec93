"""An agent whose backend can go away, and an editor that goes on working."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.editor import Editor
from hivesync_dev.servers.fake_changes import FakeChanges


@pytest.fixture
async def backend() -> AsyncIterator[FakeChanges]:
    """A backend that counts what it does."""
    backend = FakeChanges()
    await backend.start()
    yield backend
    await backend.stop()


@pytest.fixture
async def editor(agent: RunningAgent) -> Editor:
    """An editor of a user whom the agent knows."""
    editor = Editor(agent)
    await editor.sign_in()
    return editor
