"""How far back each tier searches."""

from __future__ import annotations

from datetime import datetime, timedelta

from hivesync_contract.identity import Tier
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server import operations

from .conftest import Author


async def test_the_free_tier_searches_the_last_thirty_days(
    author: Author, backend: RunningBackend, clock: MovableClock
) -> None:
    await author.task("pear, old")
    clock.advance(days=31)
    await author.user.sign_in()
    await author.task("pear, new")
    assert await author.found("pear") == ["pear, new", "pear, old"]
    await operations.set_tier(backend.settings, "ann", Tier.FREE)
    found = await author.results("pear")
    assert len(found["items"]) == 1
    assert datetime.fromisoformat(found["since"]) - (clock() - timedelta(days=30)) < timedelta(minutes=1)
    # Nor by a mistyped word.
    assert await author.found("peaar") == ["pear, new"]
    await operations.set_tier(backend.settings, "ann", Tier.PRO)
    assert len(await author.found("pear")) == 2
