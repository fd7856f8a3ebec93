"""The `hivesync` command against the real stack, as a person at a terminal and as a script."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hivesync_dev.paths import VENV_BIN
from hivesync_dev.stack.stack import Stack

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def hivesync(stack: Stack) -> Run:
    """Run the command with the stack's folders."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(VENV_BIN / "hivesync"), *arguments]
        return subprocess.run(
            command, env=stack.agent.env(), capture_output=True, text=True, timeout=60, check=False
        )

    return run


def test_whoami_names_the_user(hivesync: Run, stack: Stack) -> None:
    result = hivesync("whoami")
    assert result.returncode == 0
    assert stack.user.email in result.stdout


def test_preview_gives_a_link(hivesync: Run, vite_template: Callable[[str], Path], stack: Stack) -> None:
    result = hivesync("preview", str(vite_template("vanilla")), "--json")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["state"] == "ready"
    assert answer["preview_url"].startswith(f"{stack.worker.settings.url}/p/{answer['preview_id']}#")


def test_a_broken_source_is_named_to_people_and_to_scripts(hivesync: Run, project: Path) -> None:
    (project / "src" / "App.tsx").write_text("export default (")

    told = hivesync("preview", str(project))
    assert told.returncode == 1
    assert "src/App.tsx:1:17" in told.stderr
    assert "PREVIEW_BUILD_FAILED" in told.stderr

    answered = hivesync("preview", str(project), "--json")
    assert answered.returncode == 1
    problem = json.loads(answered.stdout)
    assert problem["code"] == "PREVIEW_BUILD_FAILED"
    assert (problem["diagnostic"]["file"], problem["diagnostic"]["line"]) == ("src/App.tsx", 1)


def test_a_file_is_explained_without_any_model(hivesync: Run, project: Path) -> None:
    told = hivesync("docs", str(project / "src" / "App.tsx"))
    assert told.returncode == 0, told.stderr
    assert "`App.tsx`: " in told.stdout
    assert "1 component" in told.stdout
    assert "Used by `src/main.tsx`" in told.stdout
    assert "*By outline.* Read from the source itself, without an AI model." in told.stdout

    answered = hivesync("docs", str(project / "src" / "App.tsx"), "--selection", "1:3", "--json")
    result = json.loads(answered.stdout)["result"]
    assert (result["engine"], result["summary"].startswith("Lines 1–3 of")) == ("outline", True)


def test_tasks_and_notifications_are_seen_beside_the_code(
    hivesync: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hivesync("link", str(project)).returncode == 0
    monkeypatch.chdir(project / "src")
    added = json.loads(hivesync("tasks", "add", "Draw the map", "--mine", "--json").stdout)
    hivesync("tasks", "add", "Sharpen the pencil")
    hivesync("tasks", "set", added["id"], "in_progress")
    told = hivesync("tasks")
    assert [line.split(maxsplit=2)[::2] for line in told.stdout.splitlines()[1:]] == [
        ["in_progress", "Draw the map"],
        ["open", "Sharpen the pencil"],
    ]
    mine = json.loads(hivesync("tasks", "--mine", "--json").stdout)
    assert [task["id"] for task in mine["items"]] == [added["id"]]
    hivesync("tasks", "--project", added["project_id"], "set", added["id"], "done")
    assert "Draw the map" not in hivesync("tasks").stdout
    assert "done         " in hivesync("tasks", "--all").stdout

    assert hivesync("preview", str(project)).returncode == 0
    unread = json.loads(hivesync("notifications", "--json").stdout)
    assert unread["items"][0]["type"] == "preview_ready"
    assert hivesync("notifications", "read", unread["items"][0]["id"]).returncode == 0
    assert unread["items"][0]["id"] not in hivesync("notifications").stdout
    assert f"  {unread['items'][0]['id']}" in hivesync("notifications", "--all").stdout


def test_a_second_agent_says_where_the_first_one_is(hivesync: Run, stack: Stack) -> None:
    result = hivesync("agent", "run")
    assert result.returncode == 0
    assert stack.agent.discovery().url in result.stdout


def test_doctor_finds_nothing_wrong(hivesync: Run) -> None:
    result = hivesync("doctor", "--json")
    assert result.returncode == 0, result.stdout
    grades = {finding["check"]: finding["grade"] for finding in json.loads(result.stdout)["findings"]}
    assert {grades[check] for check in ("agent", "backend", "relay", "session", "Worker")} == {"ok"}
