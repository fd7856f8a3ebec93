"""The agent is killed fifty times under load, and every call completes once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hivesync import Mode
from hivesync_dev.servers.killed_agent import outlive, signed_in_machine

KILLS = 50


@pytest.mark.timeout(300)
async def test_every_call_completes_once_however_often_the_agent_dies(tmp_path: Path) -> None:
    async with signed_in_machine(tmp_path) as machine:
        record = await outlive(machine, KILLS, "fifty")
    assert (record.kills, record.failures) == (KILLS, [])
    assert (record.lost, record.doubled) == ([], [])
    assert record.ways[Mode.PROXY] > KILLS / 4
    assert record.ways[Mode.DIRECT] > KILLS / 4
    assert len(record.created) == len(record.answered)
