"""Runs the core's JUnit tests and tells what became of them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping

from hivesync_dev.jetbrains.compiler import compile_modules
from hivesync_dev.jetbrains.java import java_command
from hivesync_dev.jetbrains.modules import CORE_TESTS
from hivesync_dev.paths import ROOT

_CONSOLE = "org.junit.platform.console.ConsoleLauncher"
_SECONDS = 90.0


class TestsFailed(Exception):
    """What JUnit has printed."""


def run_tests(*choice: str, environ: Mapping[str, str] | None = None) -> int:
    """Run those that the options choose and give their number; raise `TestsFailed` unless all have passed."""
    compile_modules(CORE_TESTS)
    scan = f"--scan-classpath={CORE_TESTS.classes}"
    command = java_command(CORE_TESTS, _CONSOLE, scan, "--disable-banner", "--fail-if-no-tests", *choice)
    command.insert(1, f"-Dhivesync.spec={ROOT / 'plugins_bridge' / 'spec'}")
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False, env=environ)
    counted = {what: int(count) for count, what in re.findall(r"\[\s*(\d+) tests (\w+)", done.stdout)}
    if done.returncode != 0 or not counted or counted["successful"] != counted["found"]:
        raise TestsFailed(done.stdout + done.stderr)
    return counted["found"]
