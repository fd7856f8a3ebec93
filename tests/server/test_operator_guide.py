"""docs/guide-operator.md is true: what it runs inside the container works, in its order."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hivesync_dev.paths import ROOT
from hivesync_dev.testing import require_tool
from hivesync_server.settings import VARIABLES

GUIDE = (ROOT / "docs" / "guide-operator.md").read_text("utf-8")
CONSOLE = [
    line for block in re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()
]
INSIDE = [
    shlex.split(found[1])
    for line in CONSOLE
    if (found := re.search(r"docker compose \S+ \S+ (?:exec|run --rm) server hivesync-server (.*)", line))
]
UNITS = ROOT / "deploy" / "systemd"


@pytest.mark.any_database
def test_the_commands_inside_the_container_work_in_their_order(
    environ: dict[str, str], tmp_path: Path
) -> None:
    environ = environ | {"HIVESYNC_ADMIN_PASSWORD": "correct horse battery"}
    assert [command[0] for command in INSIDE] == [
        *("create-admin", "check", "backup", "restore", "backup", "migrate", "migrate"),
    ]
    for command in INSIDE:
        here = [part.replace("/data/", f"{tmp_path}/") for part in command]
        done = subprocess.run(
            [sys.executable, "-m", "hivesync_server", *here],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        # There is no nginx here, which the check rightly minds.
        expected = 1 if command[0] == "check" else 0
        assert done.returncode == expected, (command, done.stdout, done.stderr)


@pytest.mark.any_database
def test_it_names_only_variables_and_files_that_exist() -> None:
    named = set(re.findall(r"`([A-Z][A-Z0-9]+_[A-Z0-9_]+)`", GUIDE))
    template = (ROOT / "env_templates" / "worker.env.example").read_text("utf-8")
    of_worker = set(re.findall(r"^(?:# )?([A-Z_]+)=", template, re.MULTILINE))
    assert named - set(VARIABLES) - of_worker <= {"HIVESYNC_ADMIN_PASSWORD"}
    for path in re.findall(r"\b((?:deploy|env_templates|server|worker)/[\w./*-]+)", GUIDE):
        assert path == "server/.env" or list(ROOT.glob(path)), path
    for step in re.findall(r"see step (\d+)", GUIDE):
        assert f"\n## {step}. " in GUIDE


@pytest.mark.any_database
def test_shell_and_systemd_accept_the_files_of_deploy(tmp_path: Path) -> None:
    subprocess.run(["sh", "-n", str(ROOT / "deploy" / "ufw.sh")], check=True)
    analyze = require_tool("systemd-analyze", "apt-get install systemd")
    for name in ("hivesync-backup.service", "hivesync-backup.timer"):
        # The machine of a test has no Docker, and its unit and program are looked for.
        text = (UNITS / name).read_text("utf-8").replace("/usr/bin/docker", "/bin/true")
        (tmp_path / name).write_text(text.replace("Requires=docker.service\nAfter=docker.service\n", ""))
    result = subprocess.run(
        [analyze, "verify", str(tmp_path / "hivesync-backup.timer")],
        capture_output=True,
        text=True,
        check=False,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:/lib/systemd/system", "PATH": "/usr/bin:/bin"},
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.any_database
def test_the_nightly_backup_calls_commands_that_exist() -> None:
    text = (UNITS / "hivesync-backup.service").read_text("utf-8")
    [command] = re.findall(r"hivesync-server (\w+) (\S+)", text)
    assert list(command) == ["backup", "/data/backups"]
    assert "docker-compose.prod.yml" in text
