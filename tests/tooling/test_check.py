"""`make check` runs every check, and a check that could not run has failed."""

from __future__ import annotations

import sys

import pytest
from hivesync_dev.check.__main__ import run
from hivesync_dev.check.steps import Step, all_steps

GOOD = Step("good", [sys.executable, "-c", "pass"])
BAD = Step("format", [sys.executable, "-c", "import sys; sys.exit('line 3 is ugly')"])
MISSING = Step("missing", ["/nowhere/tool"])


def test_only_all_good_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([GOOD, GOOD]) == 0
    assert "All checks passed." in capsys.readouterr().out


def test_a_failure_is_shown_with_its_remedy_and_the_rest_still_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([BAD, GOOD]) == 1
    out = capsys.readouterr().out
    assert "line 3 is ugly" in out
    assert "`make format`" in out
    assert "ok    good" in out


def test_a_missing_tool_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([MISSING]) == 1
    assert "/nowhere/tool is missing" in capsys.readouterr().out


def test_both_compose_files_and_every_dockerfile_are_checked() -> None:
    names = {step.name for step in all_steps()}
    assert {
        "docker-compose.yml",
        "docker-compose.prod.yml",
        "server/Dockerfile",
        "worker/Dockerfile",
    } <= names
