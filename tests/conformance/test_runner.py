"""The runner itself: a good client passes, and each scenario fails for one with the flaw it looks for."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hivesync_dev.conformance.clients import command_of
from hivesync_dev.conformance.report import line_of
from hivesync_dev.conformance.runner import Outcome, play, play_all
from hivesync_dev.conformance.scenarios import SCENARIOS
from hivesync_dev.paths import EXAMPLES, ROOT

from tests.conformance.flaws import SEEN, Seen

BAD_CLIENT = Path(__file__).with_name("bad_client")
AT_ONCE = 6
PATIENCE_SECONDS = 5.0


@pytest.mark.timeout(200)
def test_the_example_client_keeps_every_promise() -> None:
    outcomes = asyncio.run(play_all(command_of("example"), SCENARIOS, at_once=AT_ONCE))
    assert [line_of(outcome) for outcome in outcomes if not outcome.ok] == []


def test_every_scenario_has_a_flaw_that_it_must_see() -> None:
    assert list(dict.fromkeys(each.scenario for each in SEEN)) == [each.name for each in SCENARIOS]


def test_every_flaw_of_the_bad_client_is_seen_somewhere() -> None:
    source = "".join(path.read_text("utf-8") for path in BAD_CLIENT.glob("*.py"))
    flaws = {name.replace("_", "-") for name in re.findall(r"@flaw\ndef (\w+)", source)}
    assert flaws == {each.flaw for each in SEEN}


@pytest.mark.timeout(300)
def test_each_scenario_sees_its_flaw_and_nothing_else() -> None:
    outcomes = asyncio.run(play_with_flaws())
    wrong = [
        f"{seen.flaw}: {line_of(outcome)}"
        for seen, outcome in zip(SEEN, outcomes, strict=True)
        if not (outcome.expected.startswith(seen.expected) and re.search(seen.saw, outcome.seen, re.DOTALL))
    ]
    assert wrong == []


async def play_with_flaws() -> list[Outcome]:
    free = asyncio.Semaphore(AT_ONCE)
    scenarios = {scenario.name: scenario for scenario in SCENARIOS}

    async def played(seen: Seen) -> Outcome:
        command = [sys.executable, str(BAD_CLIENT), str(EXAMPLES / "plugin-client"), seen.flaw]
        async with free:
            return await play(command, scenarios[seen.scenario], patience_seconds=PATIENCE_SECONDS)

    return await asyncio.gather(*map(played, SEEN))


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
