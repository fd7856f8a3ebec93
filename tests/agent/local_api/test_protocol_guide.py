"""docs/protocol.md is true: its examples run as they stand, against a real agent."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

from hivesync_contract import PROTOCOL_MAX
from hivesync_dev.paths import ROOT
from hivesync_dev.servers.agents import RunningAgent, environment_in
from hivesync_dev.testing import require_tool

GUIDE = (ROOT / "docs" / "protocol.md").read_text("utf-8")


def example(language: str) -> str:
    """Give the guide's one example in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


PYTHON = example("python")


async def run(agent: RunningAgent, tmp_path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run an example with nothing but what the guide asks for."""
    env = environment_in(tmp_path, agent.agent.settings.server_url)
    return await asyncio.to_thread(
        subprocess.run, command, env=env, capture_output=True, text=True, check=False, timeout=20
    )


async def test_the_python_example_proves_the_agent_and_asks_it(agent: RunningAgent, tmp_path: Path) -> None:
    done = await run(agent, tmp_path, sys.executable, "-c", PYTHON)
    assert done.stdout == f"signed out to {agent.agent.settings.server_url}\n", done.stderr


async def test_the_python_example_stops_at_a_wrong_proof(agent: RunningAgent, tmp_path: Path) -> None:
    changed = PYTHON.replace('hmac.new(found["token"].encode()', "hmac.new(b'another'")
    done = await run(agent, tmp_path, sys.executable, "-c", changed)
    assert "another program" in done.stderr


async def test_the_python_example_says_which_side_is_old(agent: RunningAgent, tmp_path: Path) -> None:
    changed = PYTHON.replace('"my-plugin/1.0", 1', f'"my-plugin/1.0", {PROTOCOL_MAX + 1}')
    done = await run(agent, tmp_path, sys.executable, "-c", changed)
    assert "update HiveSync" in done.stderr


async def test_the_shell_example_asks_the_agent(agent: RunningAgent, tmp_path: Path) -> None:
    require_tool("curl", "sudo apt-get install curl")
    done = await run(agent, tmp_path, "sh", "-eu", "-c", example("sh"))
    assert '"signed_in":false' in done.stdout, done.stderr


async def test_the_table_of_headers_names_what_the_gate_wants(agent: RunningAgent) -> None:
    sent = agent.head("GET /hivesync-desktop-api/v1/status").decode()
    for line in sent.splitlines()[1:-1]:
        assert f"| `{line.partition(':')[0]}` |" in GUIDE
