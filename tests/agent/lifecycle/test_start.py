"""What an agent loads at its start, since every import costs memory for months and time at every login."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"PIL", "aiohttp", "httpx", "keyring", "pydantic", "segno", "tree_sitter", "truststore", "yarl"}
"""Needed by some of what the agent does, and loaded when it does that, or in a child process."""


def test_an_agent_that_has_done_nothing_has_loaded_nothing_heavy() -> None:
    code = "import hivesync_agent.cli.agent, hivesync_agent.main, sys; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(result.stdout.split()) == set()
