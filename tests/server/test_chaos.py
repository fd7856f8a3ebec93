"""Two servers while everything around them fails: what was accepted is there once, in order, and no more.

The seed of a run is printed; `HIVESYNC_CHAOS_SEED` repeats it. `make soak SOAK=server` is the long version.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hivesync_dev.servers.s3 import S3Server

from bench.soak.server.progress import Progress
from bench.soak.server.report import summary
from bench.soak.server.run import soak
from bench.soak.server.stage import stage

SEED = os.environ.get("HIVESYNC_CHAOS_SEED", "20261")


@pytest.mark.timeout(600)
async def test_nothing_accepted_is_lost_or_done_twice_while_everything_fails(
    tmp_path: Path, s3: S3Server
) -> None:
    print(f"chaos seed {SEED}")  # noqa: T201 - pytest shows it when the test fails
    async with stage(tmp_path, s3, SEED, Progress()) as running:
        wrong = await soak(running, seconds=0, crowded_seconds=2)
    assert not wrong, summary(running.ledger)
