"""Ids sort by when rows were made, also where the clocks of two servers' machines differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hivesync_dev.servers.running_backend import MovableClock
from hivesync_server import app
from hivesync_server.adapters import ids
from hivesync_server.adapters.clock import utc_now
from hivesync_server.settings import load


@pytest.fixture(autouse=True)
def own_time_again() -> Iterator[None]:
    """Leave nothing behind for other tests of this process."""
    yield
    ids.go_by(utc_now)


def time_of(identifier: str) -> datetime:
    return datetime.fromtimestamp((UUID(identifier).int >> 80) / 1000, UTC)


@pytest.mark.parametrize("hours", [-11, 0, 11])
def test_an_id_tells_the_time_that_servers_share_and_keeps_its_order(hours: int) -> None:
    shared = MovableClock(timedelta(hours=hours))
    ids.go_by(shared)
    made = [ids.new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert abs(time_of(made[-1]) - shared()) < timedelta(seconds=1)
    assert {(UUID(each).version, UUID(each).variant) for each in made} == {(7, UUID(made[0]).variant)}


def test_of_two_servers_the_one_whose_clock_was_put_right_goes_on_after_the_other() -> None:
    ids.go_by(MovableClock(timedelta(hours=3)))  # before the database server was asked
    ahead = ids.new_id()
    ids.go_by(utc_now)
    right, later = ids.new_id(), ids.new_id()
    assert right < later < ahead
    assert ids.first_id_at(utc_now() - timedelta(seconds=5)) < right


def test_the_application_makes_ids_by_the_shared_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = MovableClock(timedelta(hours=3))
    monkeypatch.setattr(app, "SharedClock", lambda database: shared)
    app.create_app(load({"HIVESYNC_DATA_DIR": str(tmp_path)}))
    assert abs(time_of(ids.new_id()) - shared()) < timedelta(minutes=1)
