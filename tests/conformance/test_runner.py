"""The runner itself: a good client passes, and each scenario fails for one with the flaw it looks for."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hivesync_dev.conformance.clients import command_of
from hivesync_dev.conformance.report import line_of
from hivesync_dev.conformance.runner import Outcome, play, play_all
from hivesync_dev.conformance.scenario import Scenario
from hivesync_dev.conformance.scenarios import SCENARIOS
from hivesync_dev.paths import EXAMPLES, ROOT

from tests.conformance.flaws import FLAW_OF

BAD_CLIENT = Path(__file__).with_name("bad_client.py")
AT_ONCE = 6
PATIENCE_SECONDS = 5.0


@pytest.mark.timeout(200)
def test_the_example_client_keeps_every_promise() -> None:
    outcomes = asyncio.run(play_all(command_of("example"), SCENARIOS, at_once=AT_ONCE))
    assert [line_of(outcome) for outcome in outcomes if not outcome.ok] == []


def test_every_scenario_has_a_flaw_that_it_must_see() -> None:
    assert list(FLAW_OF) == [each.name for each in SCENARIOS]


@pytest.mark.timeout(300)
def test_each_scenario_sees_its_flaw() -> None:
    outcomes = asyncio.run(play_with_flaws())
    assert [outcome.scenario.name for outcome in outcomes if outcome.ok] == []
    # What is seen is a behaviour, not a client that can't be started.
    assert [line_of(each) for each in outcomes if "the driver connects" in each.expected] == []


async def play_with_flaws() -> list[Outcome]:
    free = asyncio.Semaphore(AT_ONCE)

    async def played(scenario: Scenario) -> Outcome:
        command = [sys.executable, str(BAD_CLIENT), str(EXAMPLES / "plugin-client"), FLAW_OF[scenario.name]]
        async with free:
            return await play(command, scenario, patience_seconds=PATIENCE_SECONDS)

    return await asyncio.gather(*map(played, SCENARIOS))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hivesync_dev.conformance", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_report_for_programs_says_what_was_expected_and_seen() -> None:
    flaw = f"{sys.executable} '{BAD_CLIENT}' '{EXAMPLES / 'plugin-client'}' gives-no-reason"
    done = run(flaw, "--json", "--only", "discovery/no-agent")
    report = json.loads(done.stdout)
    (scenario,) = report["scenarios"]
    assert (done.returncode, report["failed"], scenario["ok"]) == (1, 1, False)
    assert (scenario["expected"], scenario["seen"]) == ("a reason for mode direct", "none")
    assert any("GET /api/v1/projects" in line for line in scenario["transcript"])
    assert not any("Bearer" in line for line in scenario["transcript"])


def test_a_client_that_does_not_start_is_told_with_its_output() -> None:
    done = run(f"{sys.executable} -c 'print(\"no such driver\")'", "--only", "discovery/no-agent")
    assert done.returncode == 1
    assert "the driver connects within" in done.stdout
    assert "no such driver" in done.stdout


def test_without_a_client_the_names_are_told() -> None:
    done = run("")
    assert (done.returncode, "sdk-sync" in done.stderr) == (2, True)
