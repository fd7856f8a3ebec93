"""The plugin's client keeps the promises of the local protocol; all are played by `make conformance`."""

from __future__ import annotations

import asyncio

import pytest
from hivesync_dev.conformance.clients import command_of
from hivesync_dev.conformance.report import line_of
from hivesync_dev.conformance.runner import play_all
from hivesync_dev.conformance.scenarios import SCENARIOS

# One each of the many damaged files and wrong proofs, which all end in the same few lines of Java that
# its units examine: each scenario costs a Java machine of its own.
PLAYED = (
    "discovery/no-agent",
    "discovery/stale-file",
    "discovery/symbolic-link",
    "discovery/open-to-others",
    "discovery/nobody-at-all",
    "proof/each-connection",
    "proof/silence",
    "proof/port-taken-over",
    "protocol/too-new",
    "requests/headers",
    "requests/overlapping",
    "answers/broken-off",
    "answers/ten-megabytes",
    "refusals/agent-401",
    "refusals/offline-queued",
    "switching/",
    "restarts/",
    "direct/expired-token",
    "direct/still-running",
    "direct/redirect",
    "events/",
)


@pytest.mark.timeout(240)
def test_the_promises_of_the_local_protocol_are_kept() -> None:
    chosen = [each for each in SCENARIOS if each.name.startswith(PLAYED)]

    outcomes = asyncio.run(play_all(command_of("jetbrains"), chosen, at_once=4))
    assert len(outcomes) >= len(PLAYED)
    assert [line_of(outcome) for outcome in outcomes if not outcome.ok] == []
