"""Run a blocking call with a time limit. Cannot stop the call: it only stops waiting for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Result = TypeVar("Result")


@dataclass(slots=True)
class _Call(Generic[Result]):
    function: Callable[[], Result]
    results: list[Result] = field(default_factory=list)
    failure: BaseException | None = None

    def run(self) -> None:
        try:
            self.results.append(self.function())
        except BaseException as exc:
            self.failure = exc


class Deadline:
    """One call at a time; a call that hangs is never joined by a second one.

    So an unlock prompt that nobody answers costs one thread, not one for each attempt. The thread is
    a daemon: a hanging keychain can't keep a process from ending.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._hanging: threading.Thread | None = None

    def run(self, function: Callable[[], Result]) -> Result:
        """Give the function's result, raise what it raised, or raise `TimeoutError`."""
        if self._hanging is not None:
            self._hanging.join(self._seconds)
            if self._hanging.is_alive():
                raise TimeoutError
            self._hanging = None
        call = _Call(function)
        thread = threading.Thread(target=call.run, name="hivesync-keychain", daemon=True)
        thread.start()
        thread.join(self._seconds)
        if thread.is_alive():
            self._hanging = thread
            raise TimeoutError
        if call.failure is not None:
            raise call.failure
        return call.results[0]
