"""`python -m bench.soak sdk`: a thousand agents are killed under the SDK's load, and every call is counted.

SOAK_KILLS (1000), SOAK_SECONDS (1800, then it ends with fewer), SOAK_SEED (random, printed). Exit code 1 if a
call failed, was lost, or was done twice.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
import time
from pathlib import Path

from hivesync_dev.servers.killed_agent import Record, outlive, signed_in_machine

_KILLS = 1000
_SECONDS = 1800.0


def run() -> int:
    """Kill, count, tell."""
    kills = int(os.environ.get("SOAK_KILLS") or _KILLS)
    seconds = float(os.environ.get("SOAK_SECONDS") or _SECONDS)
    seed = os.environ.get("SOAK_SEED") or secrets.token_hex(4)
    print(f"Killing {kills} agents under load; SOAK_SEED={seed}", flush=True)
    began = time.monotonic()
    record = asyncio.run(_killed(kills, seed, seconds))
    wrong = [*record.failures, *(f"lost: {title}" for title in record.lost)]
    wrong += [f"done twice: {title}" for title in record.doubled]
    ways = ", ".join(f"{count} {way}" for way, count in sorted(record.ways.items()))
    print(f"{record.kills} kills in {time.monotonic() - began:.0f} s; {len(record.answered)} calls: {ways}.")
    print("\n".join(wrong) if wrong else "Every call completed once.")
    return 1 if wrong else 0


async def _killed(kills: int, seed: str, seconds: float) -> Record:
    with tempfile.TemporaryDirectory(prefix="hivesync-soak-") as folder:
        async with signed_in_machine(Path(folder)) as machine:
            return await outlive(machine, kills, seed, seconds=seconds)
