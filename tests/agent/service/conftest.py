"""The command on a machine of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hivesync_dev.command_line import CommandLine


@pytest.fixture
def hivesync(tmp_path: Path) -> CommandLine:
    """The command, with a backend that is away."""
    return CommandLine(tmp_path, "http://127.0.0.1:9")
