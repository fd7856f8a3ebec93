"""What a run is doing, told every few seconds, and the end of one that no longer gets on."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.soak.server.asking import Ledger


class Stuck(Exception):
    """Nothing has been accepted, and nothing else been begun, for too long."""


@dataclass(slots=True)
class Progress:
    """`ledger` is what the run has been told so far."""

    ledger: Ledger = field(default_factory=Ledger)
    faults: Counter[str] = field(default_factory=Counter)
    doing: str = ""
    patience_seconds: float = 120.0
    """The longest pause by design is a minute: a killed server's lease on an Idempotency-Key."""

    every_seconds: float = 5.0
    _steps: int = 0
    _began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.monotonic() - self._began

    def turn_to(self, doing: str) -> None:
        """Say what is done from now on."""
        self.doing = doing
        self._steps += 1
        self._tell()

    def turn_to_fault(self, name: str) -> None:
        """Say what fails from now on."""
        self.faults[name] += 1
        self.turn_to(name)

    async def run(self) -> None:
        """Tell until cancelled; raise `Stuck` where there is nothing new to tell for too long."""
        last, changed = self._mark(), time.monotonic()
        while True:
            await asyncio.sleep(self.every_seconds)
            self._tell()
            if (mark := self._mark()) != last:
                last, changed = mark, time.monotonic()
            elif time.monotonic() - changed > self.patience_seconds:
                waits = ", ".join(f"{asked} ({last})" for asked, last in self.ledger.open.items())
                raise Stuck(
                    f"stuck for {self.patience_seconds:g} s: {self.doing}; not answered: {waits or 'nothing'}"
                )

    def _mark(self) -> tuple[int, int]:
        return len(self.ledger.asked), self._steps

    def _tell(self) -> None:
        refused = self.ledger.refusals.total()
        print(
            f"  {self.seconds:7.1f} s  {self.doing:<40} {len(self.ledger.asked):>6} accepted, "
            f"{refused} refused, {len(self.ledger.open)} under way",
            flush=True,
        )
