"""The Java of the plugin's core compiles without a warning, and its own JUnit tests pass."""

from __future__ import annotations

from hivesync_dev.jetbrains.junit import run_core_tests


def test_the_units_of_the_core() -> None:
    assert run_core_tests("--exclude-tag=agent") > 50
