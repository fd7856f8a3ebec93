"""Scenarios by chapter: a name, the promise that is examined, and what is played."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hivesync_dev.conformance.stage import Stage

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One thing that a client promises. `name` is `<chapter>/<words-with-hyphens>`."""

    name: str
    promise: str
    play: Play


@dataclass(frozen=True, slots=True)
class Chapter:
    """Collects the scenarios of one module, in the order in which they stand there."""

    name: str
    scenarios: list[Scenario] = field(default_factory=list)

    def promises(self, promise: str) -> Callable[[Play], Play]:
        """Take the decorated function as the scenario that examines this promise."""

        def add(play: Play) -> Play:
            name = getattr(play, "__name__", "").replace("_", "-")
            self.scenarios.append(Scenario(f"{self.name}/{name}", promise, play))
            return play

        return add

    def add(self, name: str, promise: str, play: Callable[..., Awaitable[None]], **options: Any) -> None:
        """Take a function with these options as a scenario: for many of one kind."""
        self.scenarios.append(Scenario(f"{self.name}/{name}", promise, partial(play, **options)))
