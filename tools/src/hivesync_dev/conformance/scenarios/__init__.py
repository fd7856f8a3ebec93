"""All scenarios, in the order of a client's life."""

from __future__ import annotations

from hivesync_dev.conformance.scenario import Scenario
from hivesync_dev.conformance.scenarios import (
    answers,
    direct,
    discovery,
    events,
    proof,
    protocol,
    refusals,
    requests,
    restarts,
    switching,
)

CHAPTERS = (discovery, proof, protocol, requests, answers, refusals, switching, restarts, direct, events)
SCENARIOS: tuple[Scenario, ...] = tuple(each for chapter in CHAPTERS for each in chapter.CHAPTER.scenarios)
