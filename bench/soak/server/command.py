"""The command. `SOAK_SECONDS`: 1800; `SOAK_SEED`: random, and printed; Ctrl-C ends a run early and counts."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from hivesync_dev.servers.s3 import S3Server

from bench.soak.server.progress import Progress
from bench.soak.server.report import Findings, show, write
from bench.soak.server.run import soak
from bench.soak.server.stage import stage


def main() -> int:
    """Run in a session of its own: Ctrl-C is for the run, which then counts, and not for its servers."""
    process = subprocess.Popen([sys.executable, "-m", "bench.soak.server.command"], start_new_session=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: process.send_signal(signal.SIGINT))
    return process.wait()


def run() -> int:
    """Run, report, give the exit code. What failed leaves the servers' logs behind."""
    seconds = float(os.environ.get("SOAK_SECONDS", "1800"))
    seed = os.environ.get("SOAK_SEED") or f"{random.randrange(10**6)}"
    print(
        f"Soaking two servers for about {seconds:.0f} s; SOAK_SEED={seed} repeats the order of events. "
        "Ctrl-C ends it early and counts; a second one breaks it off.",
        flush=True,
    )
    progress, logs = Progress(), Path(tempfile.mkdtemp(prefix="hivesync-soak-logs-"))
    try:
        wrong, interrupted = asyncio.run(_run(progress, seconds, seed, logs))
    except (KeyboardInterrupt, asyncio.CancelledError):
        shutil.rmtree(logs)
        print("Broken off; nothing was counted.")
        return 130
    findings = Findings(seed, progress.seconds, progress.faults, progress.ledger, wrong, interrupted)
    write(findings)
    if wrong:
        print(f"The servers' logs: {logs}")
    else:
        shutil.rmtree(logs)
    return show(findings)


async def _run(progress: Progress, seconds: float, seed: str, logs: Path) -> tuple[list[str], bool]:
    """Give what went wrong, and whether someone stopped it."""
    stopping, wrong, servers = asyncio.Event(), [], []
    try:
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(progress.run())
            with tempfile.TemporaryDirectory(prefix="hivesync-soak-") as folder, S3Server() as s3:
                async with stage(Path(folder), s3, seed, progress) as running:
                    servers = running.servers
                    _stop_by_signal(stopping)
                    wrong = await soak(running, seconds, min(30, seconds / 4), stopping)
            telling.cancel()
    except* Exception as failed:  # a report is due all the same
        traceback.print_exception(failed)
        wrong = [f"{type(error).__name__}: {error}" for error in _leaves(failed)]
    for number, server in enumerate(servers, 1):
        (logs / f"server-{number}.log").write_text(server.log, encoding="utf-8")
    return wrong, stopping.is_set()


def _stop_by_signal(stopping: asyncio.Event) -> None:
    """Stop at the first signal, break off at the second."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        if stopping.is_set() and task is not None:
            print("  breaking off", flush=True)
            task.cancel()
            return
        stopping.set()
        print("  stopping; what was accepted is counted now", flush=True)

    loop.add_signal_handler(signal.SIGINT, stop)


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


if __name__ == "__main__":
    raise SystemExit(run())
