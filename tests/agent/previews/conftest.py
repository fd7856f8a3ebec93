"""An agent signed in to a backend that knows previews, its object store, and a project to preview."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hivesync_dev.servers.fake_previews import FakePreviews


@pytest.fixture
async def backend() -> AsyncIterator[FakePreviews]:
    """A backend and its store, both listening."""
    backend = FakePreviews()
    await backend.store.start()
    await backend.start()
    yield backend
    await backend.stop()
    await backend.store.stop()


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
