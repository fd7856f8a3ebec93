"""Runs checks side by side, each as soon as those before it are done, and none longer than its limit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli.checks.check import Check, Machine
from hivesync_agent.cli.checks.finding import Finding, Grade, Seen, wrong

TICK_SECONDS = 1.0
Outcome = tuple[Check, Seen | BaseException | None]


def run_checks(
    checks: Sequence[Check], machine: Machine, still: Callable[[list[str]], None] = lambda names: None
) -> list[Finding]:
    """Give the findings in the order of `checks`; `still` hears every second what is being looked at."""
    return _Run(machine, still, list(checks)).findings(checks)


@dataclass(slots=True)
class _Run:
    machine: Machine
    still: Callable[[list[str]], None]
    waiting: list[Check]
    running: dict[str, tuple[Check, float]] = field(default_factory=dict)
    found: dict[str, Finding | None] = field(default_factory=dict)
    outcomes: SimpleQueue[Outcome] = field(default_factory=SimpleQueue)

    def findings(self, checks: Iterable[Check]) -> list[Finding]:
        self._begin_what_can()
        tick = time.monotonic() + TICK_SECONDS
        while self.running:
            now = time.monotonic()
            if now >= tick:
                self.still(list(self.running))
                tick = now + TICK_SECONDS
            ends = min(begun + check.limit_seconds for check, begun in self.running.values())
            try:
                self._settle(*self.outcomes.get(timeout=max(0.0, min(tick, ends) - now)))
            except Empty:
                self._give_up()
            self._begin_what_can()
        return [finding for check in checks if (finding := self.found[check.name]) is not None]

    def _begin_what_can(self) -> None:
        """Begin checks whose turn has come; what can't be looked at may let others have theirs."""
        progress = True
        while progress:
            progress = False
            for check in [each for each in self.waiting if each.before <= self.found.keys()]:
                self.waiting.remove(check)
                progress = True
                if cause := self._cause(check.needs, (Grade.WRONG, Grade.UNKNOWN)):
                    text = f"not looked at: it follows from {cause}"
                    self.found[check.name] = Finding(check.name, Grade.UNKNOWN, text, "", cause, check.room)
                else:
                    self.running[check.name] = (check, time.monotonic())
                    # A daemon: what hangs in a foreign library must not keep the command from ending.
                    name = f"check {check.name}"
                    threading.Thread(target=self._look, args=(check,), name=name, daemon=True).start()

    def _look(self, check: Check) -> None:
        try:
            self.outcomes.put((check, check.look(self.machine)))
        except BaseException as error:
            self.outcomes.put((check, error))

    def _settle(self, check: Check, outcome: Seen | BaseException | None) -> None:
        if self.running.pop(check.name, None) is None:
            return  # it was given up
        match outcome:
            case HiveSyncError():
                outcome = wrong(outcome.detail, "")
            case OSError():
                where = f": {outcome.filename}" if outcome.filename else ""
                outcome = wrong(f"{outcome.strerror or outcome}{where}", "")
            case BaseException():
                raise outcome
        if outcome is None:
            self.found[check.name] = None
            return
        cause = self._cause(check.explained_by, (Grade.WRONG,)) if outcome.grade is Grade.WRONG else None
        self.found[check.name] = Finding(
            check.name, outcome.grade, outcome.text, outcome.remedy, cause, check.room
        )

    def _give_up(self) -> None:
        now = time.monotonic()
        for check, begun in list(self.running.values()):
            if now >= begun + check.limit_seconds:
                text = f"did not end within {check.limit_seconds:g} s"
                self._settle(check, wrong(text, "Run `hivesync doctor` again; what hangs may be a prompt."))

    def _cause(self, names: Iterable[str], grades: tuple[Grade, ...]) -> str | None:
        """Give the first cause behind these checks, None if they found nothing of these grades."""
        for name in names:
            finding = self.found[name]
            if finding is not None and finding.grade in grades:
                return finding.follows_from or name
        return None
