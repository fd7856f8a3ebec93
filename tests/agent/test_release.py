"""The release has one number, wherever it is told."""

from __future__ import annotations

from importlib.metadata import version

from hivesync_agent import VERSION


def test_the_agent_names_the_version_of_its_distribution() -> None:
    assert version("hivesync-agent") == VERSION
