"""Compare what clients were told with what was done: nothing lost, nothing doubled, nothing out of order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from bench.soak.audit import Effect
from bench.soak.records import Change, Kind, Outcome

_TOGGLES = (Kind.FAVORITE, Kind.UNFAVORITE)


def judge(changes: Iterable[Change], effects: Iterable[Effect]) -> list[str]:
    """Give every way in which the two don't agree, in words; none if all is well."""
    changes, effects = list(changes), list(effects)
    return [*_named(changes, effects), *_ordered(changes, effects), *_toggled(changes, effects)]


def _named(changes: list[Change], effects: list[Effect]) -> Iterable[str]:
    """Names are unique, so each tells which change it was."""
    times = Counter((effect.kind, effect.name) for effect in effects)
    for change in changes:
        if change.kind in _TOGGLES:
            continue
        done = times[change.kind, change.value]
        if done > 1:
            yield f"doubled: {change.kind} {change.value!r} was made {done} times"
        if done == 0 and change.outcome is not Outcome.UNKNOWN:
            yield f"lost: {change.kind} {change.value!r} was {change.outcome} and never made"


def _ordered(changes: list[Change], effects: list[Effect]) -> Iterable[str]:
    """What one client did to one project happened in the order in which it did it."""
    by_name = {change.value: change for change in changes if change.kind is Kind.RENAME}
    last: dict[tuple[str, str], Change] = {}
    for effect in effects:
        if effect.kind is not Kind.RENAME:
            continue
        change = by_name.get(effect.name or "")
        if change is None:
            yield f"invented: nobody asked for the name {effect.name!r}"
            continue
        earlier = last.get((change.client, change.project))
        if earlier is not None and earlier.number > change.number:
            yield f"out of order: {change.value!r} was made after {earlier.value!r}"
        last[change.client, change.project] = change


def _toggled(changes: list[Change], effects: list[Effect]) -> Iterable[str]:
    """A toggle has no name; but only one client toggles a project, so the whole sequence is known."""
    told: dict[str, list[Kind]] = defaultdict(list)
    done: dict[str, list[Kind]] = defaultdict(list)
    for change in changes:
        if change.kind in _TOGGLES:
            told[change.project].append(change.kind)
    for effect in effects:
        if effect.kind in _TOGGLES:
            done[effect.project].append(effect.kind)
    for project, sequence in told.items():
        if done[project] != sequence:
            yield f"toggles of {project}: {len(sequence)} were accepted, {len(done[project])} were made"
