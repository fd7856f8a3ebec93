"""The Python SDK keeps every promise of the local protocol; where its two clients differ, both are played."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_dev.conformance.clients import command_of
from hivesync_dev.conformance.report import line_of
from hivesync_dev.conformance.runner import play_all
from hivesync_dev.conformance.scenario import Scenario
from hivesync_dev.conformance.scenarios import SCENARIOS

WHERE_THREADS_MATTER = ("events/", "restarts/", "switching/", "requests/overlapping")
OF_BOTH = [each for each in SCENARIOS if each.name.startswith(WHERE_THREADS_MATTER)]


def broken(client: str, scenarios: list[Scenario]) -> list[str]:
    outcomes = asyncio.run(play_all(command_of(client), scenarios, at_once=4))
    assert len(outcomes) == len(scenarios)
    return [line_of(outcome) for outcome in outcomes if not outcome.ok]


@pytest.mark.timeout(300)
def test_the_asynchronous_client_keeps_every_promise() -> None:
    assert broken("sdk", list(SCENARIOS)) == []


@pytest.mark.timeout(200)
def test_the_synchronous_client_keeps_those_that_threads_could_break() -> None:
    assert broken("sdk-sync", OF_BOTH) == []
