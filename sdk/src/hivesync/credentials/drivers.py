"""Run a flow, in a thread or in an event loop. The HTTP client is the caller's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from hivesync.credentials.steps import Answer, Blocking, Flow, Pause, Post, Result, Step


def drive(flow: Flow[Result], post: Callable[[Post], Answer]) -> Result:
    """Run the flow in this thread. `post` raises a `HiveSyncError` when the backend can't be reached."""
    try:
        step = next(flow)
        while True:
            try:
                answer = _perform(step, post)
            except Exception as exc:
                step = flow.throw(exc)
            else:
                step = flow.send(answer)
    except StopIteration as finished:
        result: Result = finished.value
        return result
    finally:
        flow.close()


async def drive_async(flow: Flow[Result], post: Callable[[Post], Awaitable[Answer]]) -> Result:
    """Run the flow in the event loop; what blocks goes to a thread.

    When cancelled it waits for a blocking call to end first, so the lock is never given back while a
    keychain is being written.
    """
    try:
        step = next(flow)
        while True:
            try:
                answer = await _perform_async(step, post)
            except Exception as exc:
                step = flow.throw(exc)
            else:
                step = flow.send(answer)
    except StopIteration as finished:
        result: Result = finished.value
        return result
    finally:
        flow.close()


def _perform(step: Step, post: Callable[[Post], Answer]) -> Any:
    match step:
        case Post():
            return post(step)
        case Blocking():
            return step.call()
        case Pause():
            return time.sleep(step.seconds)


async def _perform_async(step: Step, post: Callable[[Post], Awaitable[Answer]]) -> Any:
    match step:
        case Post():
            return await post(step)
        case Blocking():
            return await to_its_end(asyncio.to_thread(step.call))
        case Pause():
            return await asyncio.sleep(step.seconds)


async def to_its_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Do the work to its end, also when cancelled meanwhile; only then is the cancellation passed on."""
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
