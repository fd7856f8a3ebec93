"""Vim, without which none of these tests can be run."""

from __future__ import annotations

import pytest
from hivesync_dev.editors.installed import VIM
from hivesync_dev.testing import require_tool


@pytest.fixture(autouse=True)
def vim() -> str:
    """The program."""
    return require_tool(VIM, "sudo apt-get install vim")
