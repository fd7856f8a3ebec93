"""The tier table: how much a user of each tier may do. The numbers are configuration with these defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from hivesync_contract.identity import Tier

_KILOBYTE = 1024
_MEGABYTE = 1024 * _KILOBYTE


@dataclass(frozen=True, slots=True)
class TierLimits:
    """One column of the table. `None` is no limit; sizes are bytes."""

    previews_per_hour: int | None
    previews_per_day: int | None
    concurrent_builds: int
    upload_bytes: int
    devices_per_preview: int
    ai_file_bytes: int
    ai_parallel: int
    ai_per_minute: int
    attachment_bytes: int
    requests_per_minute: int
    history_shown: int | None
    search_days: int | None


_OPEN_ENDED = frozenset({"previews_per_hour", "previews_per_day", "history_shown", "search_days"})

DEFAULTS: Mapping[Tier, TierLimits] = MappingProxyType(
    {
        Tier.FREE: TierLimits(
            previews_per_hour=5,
            previews_per_day=30,
            concurrent_builds=1,
            upload_bytes=2 * _MEGABYTE,
            devices_per_preview=1,
            ai_file_bytes=50 * _KILOBYTE,
            ai_parallel=1,
            ai_per_minute=1,
            attachment_bytes=5 * _MEGABYTE,
            requests_per_minute=30,
            history_shown=3,
            search_days=30,
        ),
        Tier.PRO: TierLimits(
            previews_per_hour=20,
            previews_per_day=100,
            concurrent_builds=2,
            upload_bytes=10 * _MEGABYTE,
            devices_per_preview=2,
            ai_file_bytes=200 * _KILOBYTE,
            ai_parallel=2,
            ai_per_minute=3,
            attachment_bytes=50 * _MEGABYTE,
            requests_per_minute=60,
            history_shown=10,
            search_days=None,
        ),
        Tier.PREMIUM: TierLimits(
            previews_per_hour=None,
            previews_per_day=None,
            concurrent_builds=5,
            upload_bytes=50 * _MEGABYTE,
            devices_per_preview=5,
            ai_file_bytes=_MEGABYTE,
            ai_parallel=5,
            ai_per_minute=10,
            attachment_bytes=100 * _MEGABYTE,
            requests_per_minute=300,
            history_shown=None,
            search_days=None,
        ),
    }
)


def with_changes(changes: object) -> Mapping[Tier, TierLimits]:
    """Give the defaults with `changes`, such as `{"free": {"previews_per_hour": 10}}`.

    Raise `ValueError` saying which tier, name or number can't be used.
    """
    table = dict(DEFAULTS)
    for name, limits in _entries(changes, "the tiers"):
        if name not in set(Tier):
            raise ValueError(f"{name!r} is no tier; there are {', '.join(Tier)}")
        tier = Tier(name)
        given = dict(_entries(limits, name))
        for limit, number in given.items():
            _check(limit, number)
        table[tier] = replace(table[tier], **given)
    return MappingProxyType(table)


def _entries(value: object, name: str) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be an object")
    return list(value.items())


def _check(limit: str, number: object) -> None:
    if limit not in {field.name for field in fields(TierLimits)}:
        raise ValueError(f"{limit!r} is no limit")
    if number is None and limit in _OPEN_ENDED:
        return
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(f"{limit} must be a whole number")
