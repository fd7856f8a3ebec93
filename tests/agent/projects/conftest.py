"""A home folder, the agent's own folders in it, and a scanner that knows both."""

from __future__ import annotations

from pathlib import Path

import pytest
from hivesync_agent.projects.digests import DigestCache
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
