"""The Vim plugin's client keeps every promise of the local protocol."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_dev.conformance.clients import command_of
from hivesync_dev.conformance.report import line_of
from hivesync_dev.conformance.runner import play_all
from hivesync_dev.conformance.scenarios import SCENARIOS


@pytest.mark.timeout(300)
def test_the_plugin_keeps_every_promise() -> None:
    outcomes = asyncio.run(play_all(command_of("vim"), SCENARIOS, at_once=4))
    assert len(outcomes) == len(SCENARIOS)
    assert [line_of(outcome) for outcome in outcomes if not outcome.ok] == []
