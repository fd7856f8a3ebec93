"""Work in a child process gives an answer, or one reason in the log; and no child outlives its caller."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from hivesync_agent.child_process import ChildFailed, run_child
from hivesync_dev.waiting import holds

FOREVER = ("http.server", "--bind", "127.0.0.1", "0")


def reasons(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [vars(record)["reason"] for record in caplog.records if record.name == "hivesync.child"]


@pytest.fixture
def children() -> Callable[[], set[psutil.Process]]:
    """Give the children that were not there before: servers of other tests may be."""
    before = set(psutil.Process().children())
    return lambda: set(psutil.Process().children()) - before


async def test_it_gives_the_order_and_returns_the_answer() -> None:
    told = await run_child("json.tool", "--compact", order=b'{"a": 1}', deadline_seconds=30)
    assert json.loads(told) == {"a": 1}


async def test_what_it_said_last_is_the_reason_of_its_failure(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ChildFailed, match="Expecting value"):
        await run_child("json.tool", order=b"[1,", deadline_seconds=30)
    assert len(reasons(caplog)) == 1
    assert reasons(caplog)[0].startswith("Expecting value")


async def test_after_its_time_it_is_ended(
    caplog: pytest.LogCaptureFixture, children: Callable[[], set[psutil.Process]]
) -> None:
    with pytest.raises(ChildFailed):
        await run_child(*FOREVER, deadline_seconds=0.5)
    assert not children()
    assert reasons(caplog) == ["took over 0.5 s"]


async def test_whoever_is_cancelled_leaves_no_child(
    children: Callable[[], set[psutil.Process]],
) -> None:
    asked = asyncio.create_task(run_child(*FOREVER, deadline_seconds=60))
    await holds(lambda: len(children()) == 1)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert not children()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes among its files")
async def test_whoever_is_cancelled_waits_for_what_holds_its_pipes(
    children: Callable[[], set[psutil.Process]], tmp_path: Path
) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    leave = f"import subprocess; subprocess.Popen(['cat', {str(held)!r}])"
    work = ("timeit", "-n", "1", "-r", "1", "-s", leave)
    asked = asyncio.create_task(run_child(*work, deadline_seconds=60))
    await holds(lambda: len(children()) == 1)
    await holds(lambda: not children())
    asked.cancel()
    assert (await asyncio.wait({asked}, timeout=0.2))[1] == {asked}
    held.write_bytes(b"")
    with pytest.raises(asyncio.CancelledError):
        await asked


async def test_our_environment_stays_with_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVESYNC_TOKEN", "canary")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:canary@proxy")
    show = ("timeit", "-n", "1", "-r", "1", "-s", "import os; print(sorted(os.environ))")
    told = await run_child(*show, deadline_seconds=30)
    assert b"PATH" in told
    assert b"HIVESYNC_TOKEN" not in told
    assert b"HTTPS_PROXY" not in told
