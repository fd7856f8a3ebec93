"""Which core each role of a measurement gets: the relay one of its own, load and upstream the others."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cores:
    """Core numbers. With two cores load and upstream share one; with one core all do."""

    relay: int
    upstream: int
    load: int

    @classmethod
    def of_this_machine(cls) -> Cores:
        """Spread the roles over the cores that this process may use."""
        affinity = getattr(os, "sched_getaffinity", None)
        usable = sorted(affinity(0)) if affinity else list(range(os.cpu_count() or 1))
        relay, *others = usable
        return cls(relay, others[0] if others else relay, others[-1] if others else relay)
