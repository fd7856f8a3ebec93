"""A background task's loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hivesync_server.background.loop import Loop
from sqlalchemy.exc import OperationalError


async def test_work_is_done_at_once_when_woken_and_goes_on_after_any_failure() -> None:
    ready, steps = asyncio.Event(), 0

    async def step() -> bool:
        nonlocal steps
        steps += 1
        if steps == 1:
            raise OperationalError("SELECT 1", {}, Exception("gone"))
        if steps == 2:  # as a step's task group raises it, with a fault of ours
            raise ExceptionGroup("", [KeyError("ours"), OperationalError("SELECT 1", {}, Exception("gone"))])
        return steps < 4

    running = asyncio.create_task(Loop("test", step, ready, 3600).run())
    await asyncio.sleep(0.05)
    assert steps == 1  # failed; it waits
    ready.set()
    await asyncio.sleep(0.05)
    assert steps == 2
    ready.set()
    await asyncio.sleep(0.05)
    assert steps == 4  # worked once, then found nothing
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_what_others_added_is_found_after_the_pause() -> None:
    found = asyncio.Event()
    count = 0

    async def step() -> bool:
        nonlocal count
        count += 1
        if count == 3:
            found.set()
        return False

    running = asyncio.create_task(Loop("test", step, asyncio.Event(), 0.01).run())
    await asyncio.wait_for(found.wait(), 10)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@pytest.mark.parametrize("answers", [True, False])
async def test_a_step_under_way_is_finished_within_limits(answers: bool) -> None:
    begun, answer, done = asyncio.Event(), asyncio.Event(), []

    async def step() -> bool:
        begun.set()
        try:
            await answer.wait()
            done.append("noted")
        except asyncio.CancelledError:
            done.append("ended")
            raise
        return True

    running = asyncio.create_task(Loop("test", step, asyncio.Event(), 3600, finish_seconds=0.3).run())
    await begun.wait()
    running.cancel()
    await asyncio.sleep(0)
    assert done == []
    if answers:
        answer.set()
    with suppress(asyncio.CancelledError):
        await running
    assert done == ["noted" if answers else "ended"]
