"""The agent, as an editor meets it: lock, discovery file, proof; and whether it reaches the backend."""

from __future__ import annotations

from hivesync.credentials.lock import is_held
from hivesync.discovery import read_discovery
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli.checks.check import Machine
from hivesync_agent.cli.checks.finding import Seen, note, ok, wrong

_START, _RESTART = "`hivesync agent start`", "`hivesync agent restart`"


def check_agent(machine: Machine) -> Seen:
    """Talk to the agent; that takes a readable discovery file and a right proof."""
    client = machine.client
    path = client.locations.discovery_file(client.settings.profile)
    lives = _lives(machine)
    if not lives and not path.exists():
        return note("it does not run", _START)
    try:
        file = read_discovery(path)
        status = client.agent.status()
    except HiveSyncError as error:
        if lives:
            return wrong(error.detail, _RESTART)
        return note(f"it does not run, and left its discovery file behind ({error.detail})", _START)
    machine.status = status
    if status.server_url != machine.origin:
        return wrong(
            f"it serves {status.server_url}, this command {machine.origin}",
            f"Set HIVESYNC_SERVER_URL alike and run {_RESTART}.",
        )
    if file.forwarded_from is not None:
        return note(
            f"{status.version} on {file.forwarded_from}, by ssh: it does not see files of this machine"
        )
    return ok(f"{status.version}, pid {status.pid}, port {file.port}")


def check_relay(machine: Machine) -> Seen | None:
    """Compare what the agent says of the backend with what was seen directly."""
    status = machine.status
    if status is None:
        return None
    if status.paused:
        return note("the agent is paused", "`hivesync api POST /v1/resume`")
    if not status.online:
        return wrong(
            "the agent can't reach the backend, and this command can: it was started with other settings",
            f"{_RESTART} from this terminal gives it HTTPS_PROXY and SSL_CERT_FILE as they are here.",
        )
    return ok(f"the agent reaches the backend in {status.upstream_latency_ms or 0:.0f} ms")


def _lives(machine: Machine) -> bool:
    """Tell whether an agent lives: its lock is held then, and by nobody else ever."""
    return is_held(machine.client.locations.agent_lock(machine.client.settings.profile))
