"""Every package-lock.json installs on every system, not only on the one where it was written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hivesync_dev.paths import VSCODE, WORKER


@pytest.mark.parametrize("folder", [WORKER, VSCODE], ids=lambda folder: folder.name)
def test_every_optional_platform_package_is_locked(folder: Path) -> None:
    # npm leaves out what its registry did not offer that day; `npm ci` then refuses the lock everywhere.
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    locked = {path.rpartition("node_modules/")[2] for path in packages}
    wanted = {name for package in packages.values() for name in package.get("optionalDependencies", {})}
    assert wanted - locked == set()
