"""Run parts together: start side by side, wait for all, stop all at the end, however that comes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from types import TracebackType

from hivesync_dev.stack.part import Part
from hivesync_dev.stack.readiness import Waiting, wait_until_ready
from hivesync_dev.stack.watchdog import Watchdog

READY_SECONDS = 90.0


def never_stop() -> None:
    """The default of a run that nobody interrupts."""


def silent(_part: str, _seconds: float) -> None:
    """The default of a run that nobody watches."""


class Runner:
    """A context manager. `check_stop` is called while waiting, and may raise to give up."""

    def __init__(
        self,
        *,
        check_stop: Callable[[], None] = never_stop,
        on_ready: Callable[[str, float], None] = silent,
        ready_seconds: float = READY_SECONDS,
    ) -> None:
        self._check_stop = check_stop
        self._on_ready = on_ready
        self._ready_seconds = ready_seconds
        self._cleanup = ExitStack()
        self._watchdog: Watchdog | None = None

    def __enter__(self) -> Runner:
        self._watchdog = Watchdog()
        self._cleanup.callback(self._watchdog.close)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    def start(self, *parts: Part) -> None:
        """Start parts side by side, and wait until each answers. They are stopped in reverse order."""
        for part in parts:
            self._cleanup.callback(part.stop)
            self._launch(part)
        self._wait(parts)

    def adopt(self, part: Part) -> None:
        """Wait for a part that was started elsewhere, and stop it with the others."""
        self._cleanup.callback(part.stop)
        self._watch(part)
        self._wait([part])

    def restart(self, part: Part) -> None:
        """Start a part again that was killed or stopped, and wait until it answers."""
        self._launch(part)
        self._wait([part])

    def _launch(self, part: Part) -> None:
        part.start()
        self._watch(part)

    def _watch(self, part: Part) -> None:
        if self._watchdog is not None:
            self._watchdog.watch(part.child.pid)

    def _wait(self, parts: tuple[Part, ...] | list[Part]) -> None:
        waiting = [Waiting(part.child, part.is_ready, partial(self._on_ready, part.name)) for part in parts]
        wait_until_ready(waiting, self._ready_seconds, self._check_stop)
