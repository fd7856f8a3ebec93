"""Runs the JUnit tests of core and plugin and tells what became of them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping

from hivesync_dev.jetbrains.compiler import compile_modules
from hivesync_dev.jetbrains.java import java_command
from hivesync_dev.jetbrains.modules import CORE_TESTS, PLUGIN_TESTS, Module
from hivesync_dev.paths import ROOT

_CONSOLE = "org.junit.platform.console.ConsoleLauncher"
_SECONDS = 150.0


class TestsFailed(Exception):
    """What JUnit has printed."""


def run_core_tests(*choice: str) -> int:
    """Run those of the core that the options choose and give their number; raise `TestsFailed`."""
    return _run(CORE_TESTS, (CORE_TESTS,), choice, None)


def run_all_tests(*choice: str, environ: Mapping[str, str]) -> int:
    """Run those of core and plugin; the plugin's have a host that stands in for the IDE."""
    return _run(PLUGIN_TESTS, (CORE_TESTS, PLUGIN_TESTS), choice, environ)


def _run(
    module: Module, scanned: tuple[Module, ...], choice: tuple[str, ...], environ: Mapping[str, str] | None
) -> int:
    compile_modules(module)
    scan = f"--scan-classpath={os.pathsep.join(str(each.classes) for each in scanned)}"
    command = java_command(module, _CONSOLE, scan, "--disable-banner", "--fail-if-no-tests", *choice)
    command.insert(1, "-Djava.awt.headless=true")
    command.insert(1, f"-Dhivesync.spec={ROOT / 'plugins_bridge' / 'spec'}")
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False, env=environ)
    counted = {what: int(count) for count, what in re.findall(r"\[\s*(\d+) tests (\w+)", done.stdout)}
    if done.returncode != 0 or not counted or counted["successful"] != counted["found"]:
        raise TestsFailed(done.stdout + done.stderr)
    return counted["found"]
