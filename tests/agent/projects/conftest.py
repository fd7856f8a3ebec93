"""A home folder, the agent's own folders in it, a scanner that knows both, and an index to look into."""

from __future__ import annotations

from pathlib import Path

import pytest
from hivesync_agent.projects.digests import DigestCache
from hivesync_agent.projects.index.folder import OpenFolder
from hivesync_agent.projects.index.store import IndexStore
from hivesync_agent.projects.root import Roots
from hivesync_agent.projects.scan import Scanner


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The user's home folder."""
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def own_folder(home: Path) -> Path:
    """A folder of the agent's, with its token in it."""
    folder = home / ".local" / "state" / "hivesync"
    folder.mkdir(parents=True)
    (folder / "desktop-agent.json").write_text('{"token": "canary"}')
    return folder


@pytest.fixture
def roots(home: Path, own_folder: Path) -> Roots:
    """Where projects may lie."""
    return Roots(home, (own_folder,))


@pytest.fixture
def scanner(roots: Roots, tmp_path: Path) -> Scanner:
    """A scanner with an empty cache."""
    return Scanner(roots, DigestCache(tmp_path / "cache" / "digests.sqlite3"))


@pytest.fixture
def project(home: Path) -> Path:
    """An empty project folder."""
    folder = home / "shop"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index.sqlite3")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move the clock, as if all files were made long ago: a change time can't be set."""
    monkeypatch.setattr("hivesync_agent.projects.index.sweep.time.time", lambda: 4_000_000_000.0)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose content is hashed."""
    names: list[str] = []
    hash_file = OpenFolder.hash

    def noted(self: OpenFolder, name: str) -> object:
        names.append(name)
        return hash_file(self, name)

    monkeypatch.setattr(OpenFolder, "hash", noted)
    return names
