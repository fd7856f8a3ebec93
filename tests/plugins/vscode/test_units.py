"""The extension's parts that know no editor, in Node's own test runner."""

from __future__ import annotations

import subprocess

from hivesync_dev.node import NODE, node_env
from hivesync_dev.paths import VSCODE


def test_the_parts_without_an_editor_do_what_they_say() -> None:
    command = [str(NODE), "--test", "--test-reporter=tap", "test/**/*.test.ts"]
    done = subprocess.run(command, cwd=VSCODE, env=node_env(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    # No test at all would be no failure to Node.
    assert "\n# pass 0\n" not in done.stdout
