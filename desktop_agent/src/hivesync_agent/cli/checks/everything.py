"""All checks in the order in which one explains the next: for `hivesync doctor` and support bundles."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hivesync_agent.cli.checks import (
    agent,
    backend,
    certificate,
    disk,
    elsewhere,
    file_events,
    machine,
    network,
    plugins,
)
from hivesync_agent.cli.checks.check import Check, Machine
from hivesync_agent.cli.checks.finding import Finding
from hivesync_agent.cli.checks.running import run_checks

if TYPE_CHECKING:
    from hivesync import Client

_HERE, _WAY, _ACCOUNT = "This machine", "The way to the backend", "What is there"

CHECKS = (
    Check("folders", _HERE, machine.check_folders),
    Check("disk", _HERE, disk.check_disk, explained_by=("folders",)),
    Check("loopback", _HERE, machine.check_loopback),
    Check("agent", _HERE, agent.check_agent, explained_by=("folders", "disk", "loopback")),
    Check("versions", _HERE, machine.check_versions, explained_by=("agent",)),
    Check("file events", _HERE, file_events.check_file_events, explained_by=("agent",)),
    Check("plugins", _HERE, plugins.check_plugins),
    Check("credentials", _HERE, machine.check_credentials, explained_by=("folders", "disk")),
    Check("proxy", _WAY, network.check_proxy, explained_by=("loopback",)),
    Check("DNS", _WAY, network.check_name, needs=("proxy",)),
    Check("connection", _WAY, network.check_connection, needs=("DNS",), explained_by=("loopback",)),
    Check("certificate", _WAY, certificate.check_certificate, needs=("connection",)),
    Check("backend", _WAY, backend.check_backend, needs=("certificate",)),
    Check("clock", _WAY, backend.check_clock, needs=("backend",)),
    Check("relay", _WAY, agent.check_relay, needs=("backend",), explained_by=("agent",)),
    Check(
        "session",
        _ACCOUNT,
        backend.check_session,
        needs=("backend",),
        explained_by=("clock", "credentials", "agent", "relay"),
        limit_seconds=40.0,
    ),
    Check("storage", _ACCOUNT, elsewhere.check_storage, needs=("backend",), limit_seconds=30.0),
    Check("Worker", _ACCOUNT, elsewhere.check_worker, needs=("backend",), limit_seconds=30.0),
)


def look_at(machine: Machine, still: Callable[[list[str]], None] = lambda names: None) -> list[Finding]:
    """Look at all of it; `still` hears every second what is still being looked at."""
    return run_checks(CHECKS, machine, still)


def look_at_everything(client: Client) -> list[Finding]:
    """Look at the machine of this client."""
    return look_at(Machine.of(client))
