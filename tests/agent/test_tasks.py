"""Side by side: one failure ends it all, and who is cancelled ends, whatever fails at the same moment."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_agent.tasks import together


async def _gives(value: int) -> int:
    return value


async def _fails() -> int:
    raise OSError("full")


async def test_what_they_return_comes_in_order() -> None:
    assert await together("each", map(_gives, range(3))) == [0, 1, 2]
    assert await together("none", ()) == []


async def test_a_failure_ends_the_others_and_is_told() -> None:
    ended = asyncio.Event()

    async def waits() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 0

    with pytest.raises(ExceptionGroup) as caught:
        await together("each", (waits(), _fails()))
    assert [str(error) for error in caught.value.exceptions] == ["full"]
    assert ended.is_set()


async def test_a_failure_does_not_undo_a_cancellation() -> None:
    started = asyncio.Event()

    async def fails_on_its_way_out() -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            raise OSError("the file has moved")

    task = asyncio.create_task(together("each", (fails_on_its_way_out(),)))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
