"""The first thing that runs on a fresh machine says plainly what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from hivesync_dev.paths import ROOT

OLD_PYTHON = "#!/bin/sh\nexit 1\n"


def bootstrap(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "tools" / "bootstrap.sh"
    return subprocess.run(
        ["/bin/sh", str(script), "0.0.0"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


def test_without_any_python_it_says_what_to_install(tmp_path: Path) -> None:
    result = bootstrap(tmp_path, PATH=str(tmp_path))
    assert result.returncode == 1
    assert "needs Python 3.11 or newer" in result.stderr


def test_an_old_python_is_not_taken(tmp_path: Path) -> None:
    for name in ("python3", "python3.12", "python"):
        (tmp_path / name).write_text(OLD_PYTHON)
        (tmp_path / name).chmod(0o755)
    result = bootstrap(tmp_path, PATH=str(tmp_path))
    assert result.returncode == 1
    assert "found none on PATH" in result.stderr


def test_a_python_named_by_the_user_must_be_suitable(tmp_path: Path) -> None:
    old = tmp_path / "my python"
    old.write_text(OLD_PYTHON)
    old.chmod(0o755)
    result = bootstrap(tmp_path, PATH=os.environ["PATH"], PYTHON=str(old))
    assert result.returncode == 1
    assert f"PYTHON={old} is not a Python 3.11 or newer." in result.stderr


def test_make_outside_the_repository_says_where_to_run_it(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make is not None
    result = subprocess.run(
        [make, "-f", str(ROOT / "Makefile")], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "root of the repository" in result.stderr


def test_conformance_asks_for_a_client_and_names_those_that_it_knows() -> None:
    result = subprocess.run(["make", "conformance"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "Name a client" in result.stderr
    assert "sdk" in result.stderr
