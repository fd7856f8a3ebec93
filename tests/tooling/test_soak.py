"""The soak notices what it is for: a change that is lost, doubled, overtaken or invented, and a leak."""

from __future__ import annotations

import pytest

from bench.soak.audit import Effect
from bench.soak.growth import Sample, growth_of
from bench.soak.records import Change, Kind, Outcome
from bench.soak.verdict import judge

PROJECT = "0199c1b2-0000-7000-8000-0000000000aa"


def told(number: int, outcome: Outcome = Outcome.DONE, kind: Kind = Kind.RENAME) -> Change:
    """One change as its client saw it."""
    return Change("sdk", number, kind, PROJECT, f"sdk {number}", outcome, 1, 0.1)


def done(number: int, kind: Kind = Kind.RENAME) -> Effect:
    """The same change as the database saw it."""
    return Effect(kind, PROJECT, f"sdk {number}")


SET = told(1, kind=Kind.FAVORITE), Effect(Kind.FAVORITE, PROJECT, None)
UNSET = told(2, kind=Kind.UNFAVORITE), Effect(Kind.UNFAVORITE, PROJECT, None)


@pytest.mark.parametrize(
    ("changes", "effects", "verdict"),
    [
        ([told(1), told(2, Outcome.QUEUED)], [done(1), done(2)], set()),
        ([told(1)], [], {"lost"}),
        ([told(1, Outcome.QUEUED)], [], {"lost"}),
        ([told(1, Outcome.UNKNOWN)], [], set()),
        ([told(1, Outcome.UNKNOWN)], [done(1)], set()),
        ([told(1, Outcome.UNKNOWN)], [done(1), done(1)], {"doubled"}),
        ([told(1)], [done(1), done(1)], {"doubled"}),
        ([told(1, kind=Kind.CREATE)], [done(1, Kind.CREATE), done(1, Kind.CREATE)], {"doubled"}),
        ([told(1), told(2)], [done(2), done(1)], {"out"}),
        ([told(1), told(2, Outcome.UNKNOWN)], [done(2), done(1)], {"out"}),
        ([told(1)], [done(1), done(7)], {"invented"}),
        ([SET[0], UNSET[0]], [SET[1], UNSET[1]], set()),
        ([SET[0], UNSET[0]], [SET[1]], {"toggles"}),
        ([SET[0], UNSET[0]], [SET[1], UNSET[1], SET[1]], {"toggles"}),
    ],
)
def test_what_was_told_and_what_was_done_must_agree(
    changes: list[Change], effects: list[Effect], verdict: set[str]
) -> None:
    assert {line.partition(":")[0].partition(" of ")[0] for line in judge(changes, effects)} == verdict


def life(pid: int, seconds: int, growth_per_second: float) -> list[Sample]:
    """A process that was looked at once a second."""
    return [
        Sample(float(second), "agent", pid, 50 + growth_per_second * second, 20, 9)
        for second in range(seconds)
    ]


def test_growth_is_told_of_the_life_that_was_longest() -> None:
    growth = growth_of("agent", [*life(1, 30, 5.0), *life(2, 400, 0.1), *life(3, 90, 0.0)])
    assert growth is not None
    assert growth.megabytes_per_minute == pytest.approx(6.0)
    assert growth.megabytes == pytest.approx(29.9, abs=0.2)


def test_a_short_life_shows_no_trend() -> None:
    assert growth_of("agent", life(1, 40, 1.0)) is None
