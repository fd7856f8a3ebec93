"""What `hivesync doctor` says: the cause as such, what follows from it, and a remedy for every complaint."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import click
import hivesync
import pytest
from hivesync_agent.cli.checks.check import Check, Machine
from hivesync_agent.cli.checks.finding import Finding, Grade, Seen, first_cause, note, ok, wrong
from hivesync_agent.cli.checks.report import report_lines
from hivesync_agent.cli.checks.running import run_checks
from hivesync_contract.errors import HiveSyncError
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_backend import FakeBackend

Look = Callable[[Machine], Seen | None]


def fine(machine: Machine) -> Seen:
    return ok("fine")


def broken(machine: Machine) -> Seen:
    return wrong("broken", "mend it")


def run(*checks: Check) -> dict[str, Finding]:
    client = hivesync.Client(settings=hivesync.Settings("http://127.0.0.1:1"))
    return {each.check: each for each in run_checks(checks, Machine(client, "http://127.0.0.1:1"))}


@pytest.mark.usefixtures("signed_in")
async def test_a_healthy_machine_is_told_so(hivesync: CommandLine) -> None:
    outcome = await hivesync.run("doctor")
    assert outcome.code == 0, outcome.out
    assert outcome.out.endswith("\nNothing is wrong.\n")
    assert outcome.err == ""


async def test_the_cause_is_named_last_where_eyes_are_and_with_its_remedy(
    hivesync: CommandLine, backend: FakeBackend
) -> None:
    await backend.stop()
    outcome = await hivesync.run("doctor")
    assert outcome.code == 1
    conclusion = outcome.out.split("\n\n")[-1].splitlines()
    assert conclusion[0] == "Start here: connection"
    assert "Connection refused" in conclusion[1]
    assert conclusion[2].startswith("  → Start that backend")
    assert "7 more checks wait for it" in conclusion[3]
    assert outcome.out.count("→ Start that backend") == 1


async def test_scripts_get_cause_findings_and_what_follows(
    hivesync: CommandLine, backend: FakeBackend
) -> None:
    await backend.stop()
    report = (await hivesync.run("doctor", "--json")).json()
    assert (report["healthy"], report["cause"]) == (False, "connection")
    follows = {each["check"]: each["grade"] for each in report["findings"] if each["follows_from"]}
    assert follows == dict.fromkeys(
        ("certificate", "backend", "clock", "relay", "session", "storage", "Worker"), "unknown"
    )
    assert all(each["remedy"] for each in report["findings"] if each["grade"] == "wrong")


def test_what_is_wrong_because_of_something_else_says_so() -> None:
    found = run(Check("first", "", broken), Check("second", "", broken, explained_by=("first",)))
    assert found["second"].follows_from == "first"
    assert first_cause(list(found.values())) is found["first"]


def test_a_consequence_that_comes_first_in_the_list_is_not_what_to_begin_with() -> None:
    found = run(Check("second", "", broken, explained_by=("first",)), Check("first", "", broken))
    assert first_cause(list(found.values())) is found["first"]


def test_a_cause_is_named_through_everything_between() -> None:
    found = run(
        Check("first", "", broken),
        Check("second", "", fine, needs=("first",)),
        Check("third", "", broken, explained_by=("second",)),
        Check("fourth", "", fine, needs=("second",)),
    )
    assert (found["second"].grade, found["second"].follows_from) == (Grade.UNKNOWN, "first")
    assert (found["third"].grade, found["third"].follows_from) == (Grade.WRONG, None)
    assert found["fourth"].follows_from == "first"


def test_what_is_fine_follows_from_nothing() -> None:
    found = run(Check("first", "", broken), Check("second", "", fine, explained_by=("first",)))
    assert found["second"] == Finding("second", Grade.OK, "fine")


def test_two_causes_come_one_after_the_other() -> None:
    found = list(run(Check("first", "Here", broken), Check("other", "Here", broken)).values())
    lines = [click.unstyle(line) for line in report_lines(found, "http://127.0.0.1:1")]
    assert lines[-4:] == ["Start here: first", "  broken.", "  → mend it", "  Then: other."]


def test_a_failure_that_a_check_did_not_expect_is_a_finding() -> None:
    def refuse(machine: Machine) -> Seen:
        raise HiveSyncError("no luck")

    def fail(machine: Machine) -> Seen:
        raise PermissionError(13, "Permission denied", "/x")

    found = run(Check("ours", "", refuse), Check("theirs", "", fail))
    assert {name: (each.grade, each.text) for name, each in found.items()} == {
        "ours": (Grade.WRONG, "no luck"),
        "theirs": (Grade.WRONG, "Permission denied: /x"),
    }


def test_a_bug_of_a_check_is_not_hidden() -> None:
    def bug(machine: Machine) -> Seen:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(Check("bug", "", bug))


def test_checks_run_side_by_side() -> None:
    """Each waits for the other: one after the other they would never end."""
    meeting = threading.Barrier(3, timeout=20)

    def meet(machine: Machine) -> Seen:
        meeting.wait()
        return ok("met")

    found = run(*(Check(name, "", meet) for name in ("a", "b", "c")))
    assert {each.text for each in found.values()} == {"met"}


def test_what_hangs_is_given_up_and_named_while_the_rest_goes_on() -> None:
    released = threading.Event()

    def hang(machine: Machine) -> Seen | None:
        released.wait()
        return note("too late")

    hanging = Check("hanging", "", hang, limit_seconds=0.1)
    found = run(hanging, Check("after", "", fine, needs=("hanging",)), Check("other", "", fine))
    released.set()
    assert "did not end within 0.1 s" in found["hanging"].text
    assert (found["after"].follows_from, found["other"].grade) == ("hanging", Grade.OK)


def test_who_waits_hears_what_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hivesync_agent.cli.checks.running.TICK_SECONDS", 0.01)
    heard: list[list[str]] = []
    told = threading.Event()

    def slow(machine: Machine) -> Seen:
        told.wait(20)
        return ok("done")

    def still(names: list[str]) -> None:
        heard.append(names)
        told.set()

    client = hivesync.Client(settings=hivesync.Settings("http://127.0.0.1:1"))
    run_checks([Check("slow", "", slow), Check("quick", "", fine)], Machine(client, ""), still)
    assert heard[0] == ["slow"]


async def test_a_person_hears_after_a_second_what_takes_so_long(
    hivesync: CommandLine, backend: FakeBackend
) -> None:
    released = asyncio.Event()

    async def slow(request: object) -> object:
        await released.wait()
        raise ConnectionResetError

    backend.on("GET", "/api/v1/health", slow)  # type: ignore[arg-type]
    process = await hivesync.spawn("doctor")
    assert process.stderr is not None
    async with asyncio.timeout(30):
        told = (await process.stderr.readline()).decode()
        released.set()
        await process.communicate()
    assert told == "Still looking at: backend …\n"
    assert process.returncode == 1
