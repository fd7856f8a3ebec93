"""What the Worker's builder holds in memory over 200 builds: runs worker/bench/builder_memory.test.ts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from hivesync_dev.paths import ROOT

_MARK = "BUILDER_MEMORY "
_COMMAND = ("worker", "exec", "--", "vitest", "run", "--config", "vitest.bench.config.ts")


def measure_worker_memory(say: Callable[[str], None]) -> dict[str, Any]:
    """Give what the bench printed; raise `CalledProcessError` if it failed."""
    say("  200 builds, one after another")
    command = [sys.executable, "-m", "hivesync_dev.node", *_COMMAND]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    line = next(line for line in printed.splitlines() if _MARK in line)
    return dict(json.loads(line.split(_MARK, 1)[1]))
