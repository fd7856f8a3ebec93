"""Pauses between tries."""

from __future__ import annotations

from hivesync_server.background.backoff import backoff


def test_pauses_grow_up_to_a_limit_and_are_never_alike() -> None:
    longest = [max(backoff(tries, 0.5, 30).total_seconds() for _ in range(50)) for tries in range(1, 20)]
    assert longest[0] <= 0.5
    assert max(longest) <= 30
    assert longest[3] > longest[0]
    assert len({backoff(5, 0.5, 30) for _ in range(20)}) > 1
