"""Work that may wait, off the editor's thread. What it finds is shown on that thread again."""

from __future__ import annotations

import threading
from typing import Any, Callable

import sublime

from ..client.errors import HiveSyncError


class Cancelled(Exception):
    """The user has given the job up."""


class Job:
    """One piece of work, by the words that the status bar shows for it."""

    def __init__(self, title: str, changed: Callable[[], None]) -> None:
        self.title = title
        self._changed = changed
        self._stopped = threading.Event()

    def say(self, title: str) -> None:
        """Show what is waited for now."""
        if title != self.title:
            self.title = title
            sublime.set_timeout(self._changed)

    def cancel(self) -> None:
        """Have it end at its next step."""
        self._stopped.set()

    def pause(self, seconds: float) -> None:
        """Wait; raise `Cancelled` as soon as the user gives up."""
        if self._stopped.wait(seconds):
            raise Cancelled

    def check(self) -> None:
        """Raise `Cancelled` if the user has given up."""
        self.pause(0)


Failed = Callable[[HiveSyncError], None]


class Background:
    """Runs jobs, each in a thread of its own. `changed` is called when one begins, ends or says something."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._jobs: list[Job] = []
        self.ended = False

    @property
    def title(self) -> str:
        """Give what the newest job that the user asked for waits for, empty without one."""
        return next((job.title for job in reversed(self._jobs) if job.title), "")

    def run(self, title: str, work: Callable[[Job], Any], done: Callable[[Any], None], failed: Failed) -> Job:
        """Call `work` in a thread, then `done` or `failed` on the editor's; neither after `end`."""
        job = Job(title, self._changed)
        self._jobs.append(job)
        self._changed()
        threading.Thread(target=self._work, args=(job, work, done, failed), daemon=True).start()
        return job

    def cancel(self) -> bool:
        """Give up what the user waits for; False if nothing is."""
        waited_for = [job for job in self._jobs if job.title]
        for job in waited_for:
            job.cancel()
        return bool(waited_for)

    def end(self) -> None:
        """Give up everything, and show nothing more."""
        self.ended = True
        for job in self._jobs:
            job.cancel()

    def _work(
        self, job: Job, work: Callable[[Job], Any], done: Callable[[Any], None], failed: Failed
    ) -> None:
        try:
            found = work(job)
        except Cancelled:
            self._finish(job, lambda: None)
        except HiveSyncError as error:
            told = error
            self._finish(job, lambda: failed(told))
        except BaseException:
            # A mistake of ours: its traceback belongs on the console, but nobody may wait for ever.
            self._finish(
                job,
                lambda: failed(
                    HiveSyncError(
                        "INTERNAL_ERROR",
                        "This is a fault of the plugin; the console (View > Show Console) has more.",
                    )
                ),
            )
            raise
        else:
            self._finish(job, lambda: done(found))

    def _finish(self, job: Job, tell: Callable[[], None]) -> None:
        def on_main_thread() -> None:
            self._jobs.remove(job)
            if not self.ended:
                self._changed()
                tell()

        sublime.set_timeout(on_main_thread)
