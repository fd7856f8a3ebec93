"""docs/sdk.md runs as it stands, one example after another: through a real agent, and without one."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hivesync_dev.paths import ROOT
from hivesync_dev.servers.agents import start_agent_process
from hivesync_dev.servers.killed_agent import Machine, signed_in_machine

TEXT = (ROOT / "docs" / "sdk.md").read_text("utf-8")
SCRIPT = "\n".join(re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL))
SAID = [
    "signed in as ada, premium",
    "Ship it",
    "['Draw the map ✓', 'Ship it ✓']",
    "task Draw the map ✓",
    "0 unread",
    "NOT_FOUND ",
    "True",
    "412 PRECONDITION_FAILED",
    "200 {mode} ok",
]


async def run(machine: Machine) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", SCRIPT],
        env=machine.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.timeout(180)
async def test_the_cookbook_runs_with_and_without_an_agent(tmp_path: Path) -> None:
    async with signed_in_machine(tmp_path) as machine:
        direct = await run(machine)
        agent = await asyncio.to_thread(start_agent_process, machine.environ)
        try:
            through_agent = await run(machine)
        finally:
            agent.process.terminate()
            await asyncio.to_thread(agent.process.communicate)
    expect_said(direct, "direct", "AGENT_ABSENT")
    expect_said(through_agent, "proxy", "AGENT_READY")
    assert "task.changed TaskEvent" in through_agent.stdout


def expect_said(done: subprocess.CompletedProcess[str], mode: str, reason: str) -> None:
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith(f"{mode} {reason}") for line in lines), done.stdout
    for said in SAID:
        assert any(line.startswith(said.format(mode=mode)) for line in lines), (said, done.stdout)
