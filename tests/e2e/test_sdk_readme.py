"""The first example that a Python programmer sees runs as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from hivesync_dev.paths import ROOT
from hivesync_dev.stack.stack import Stack


def test_the_readme_s_first_example_gives_a_phone_link(stack: Stack, tmp_path: Path) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", (ROOT / "sdk" / "README.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "src" / "app").mkdir(parents=True)
    (tmp_path / "index.html").write_text(
        '<!doctype html>\n<script type="module" src="src/app/main.ts"></script>\n'
    )
    (tmp_path / "src" / "app" / "main.ts").write_text("document.title = 'Trailbook'\n")
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=stack.agent.env(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    name, link = done.stdout.splitlines()
    assert name == stack.user.username
    assert link.startswith(f"{stack.worker.settings.url}/p/")
