"""An agent signed in to a backend that knows previews, its object store, and a project to preview."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hivesync_agent.settings import AgentSettings
from hivesync_dev.servers.agents import RunningAgent, locations_in
from hivesync_dev.servers.fake_previews import FakePreviews, running_previews
from hivesync_dev.servers.preview_client import PreviewClient, preview_client


@pytest.fixture
async def backend() -> AsyncIterator[FakePreviews]:
    """A backend and its store, both listening."""
    async with running_previews() as backend:
        yield backend


@pytest.fixture
def settings(backend: FakePreviews, tmp_path: Path) -> AgentSettings:
    """Settings of an agent that looks whether the backend is there before every preview."""
    return AgentSettings(
        server_url=backend.url,
        profile="default",
        locations=locations_in(tmp_path),
        drain_seconds=0.5,
        health_seconds=0,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small web project, with files on both sides of the pack limit."""
    root = tmp_path / "shop"
    (root / "src").mkdir(parents=True)
    (root / "package.json").write_text('{"name": "shop", "dependencies": {"react": "^19"}}')
    (root / "index.html").write_text('<script type="module" src="/src/main.tsx"></script>')
    (root / "src" / "main.tsx").write_text('import "./hero.png";\nexport default () => <h1>Shop</h1>;\n')
    (root / "src" / "hero.png").write_bytes(bytes(range(256)) * 1200)
    return root


@pytest.fixture
async def client(signed_in: RunningAgent) -> AsyncIterator[PreviewClient]:
    """An editor of the signed-in user."""
    async with preview_client(signed_in) as client:
        yield client
