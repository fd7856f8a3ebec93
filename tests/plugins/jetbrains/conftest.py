"""What the tests of the JetBrains plugin need: a JDK, and Debian's jars."""

from __future__ import annotations

import os

import pytest
from hivesync_dev.system_tools import TOOLS

JAVAC = next(tool for tool in TOOLS if tool.program == "javac")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what can't run here; never in CI, where the run has installed it."""
    if JAVAC.is_installed or os.environ.get("CI", "").lower() == "true":
        return
    missing = pytest.mark.skip(reason=f"apt-get install {' '.join(JAVAC.packages)}")
    for item in items:
        if "plugins/jetbrains" in item.path.as_posix():
            item.add_marker(missing)
