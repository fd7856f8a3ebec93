"""Wait until things answer. Polls in turn, so that parts which start side by side are waited for together."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from hivesync_dev.stack.processes import Child, ProcessFailed

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child and the question whether it is ready; `on_ready` gets the seconds it took."""

    child: Child
    is_ready: Callable[[], bool]
    on_ready: Callable[[float], None]


def wait_until_ready(waiting: list[Waiting], deadline_seconds: float, check_stop: Callable[[], None]) -> None:
    """Return when all are ready; raise `ProcessFailed` for one that ended or took too long."""
    ends = time.monotonic() + deadline_seconds
    pending = list(waiting)
    while pending:
        for item in list(pending):
            check_stop()
            item.child.check_running()
            if item.is_ready():
                item.on_ready(time.monotonic() - item.child.started)
                pending.remove(item)
            elif time.monotonic() > ends:
                name = item.child.command.name
                raise ProcessFailed(
                    f"{name} was not ready after {deadline_seconds:.0f} s.\n{item.child.last_lines()}"
                )
        if pending:
            time.sleep(POLL_SECONDS)


def answers(url: str, headers: Mapping[str, str] | None = None) -> bool:
    """Tell whether `url` answers 200 within a second. Never through a proxy: it is loopback."""
    try:
        return httpx.get(url, headers=headers, timeout=1.0, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
