"""The server's container image follows the rules for images."""

from __future__ import annotations

import subprocess

from hivesync_dev.paths import ROOT, VENV_BIN


def test_the_dockerfile_passes_its_linter() -> None:
    command = [str(VENV_BIN / "hadolint"), "--failure-threshold", "info", str(ROOT / "server" / "Dockerfile")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_no_secret_file_gets_into_the_build() -> None:
    ignored = (ROOT / "server" / "Dockerfile.dockerignore").read_text("utf-8").split()
    assert ignored[0] == "*"
    assert "**/.env" in ignored
