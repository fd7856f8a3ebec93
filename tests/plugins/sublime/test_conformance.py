"""The plugin's client keeps every promise of the local protocol, on the oldest Python of this machine."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_dev.conformance.clients import command_of
from hivesync_dev.conformance.report import line_of
from hivesync_dev.conformance.runner import play_all
from hivesync_dev.conformance.scenarios import SCENARIOS
from hivesync_dev.pythons import oldest_and_newest


@pytest.mark.timeout(300)
def test_the_client_keeps_every_promise() -> None:
    _, *driver = command_of("sublime")
    command = [str(oldest_and_newest()[0]), "-B", *driver]
    outcomes = asyncio.run(play_all(command, SCENARIOS, at_once=4))
    assert len(outcomes) == len(SCENARIOS)
    assert [line_of(outcome) for outcome in outcomes if not outcome.ok] == []
