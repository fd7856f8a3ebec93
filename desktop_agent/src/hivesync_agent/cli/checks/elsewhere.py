"""Storage and Worker: where files go to and previews come from, which another firewall rule may forbid."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpcore
from hivesync.settings import is_loopback

from hivesync_agent.cli.checks.certificate import check_certificate
from hivesync_agent.cli.checks.check import Machine
from hivesync_agent.cli.checks.finding import Grade, Seen, note, ok, wrong
from hivesync_agent.cli.checks.network import check_connection, check_name, check_proxy
from hivesync_agent.cli.checks.way import Way, reason

_HERE = (
    "It runs on this machine: end it, if it is still there, and start it again "
    "(`make demo` starts all parts, `npm run dev` in `worker/` the Worker alone)."
)
_STEPS = (check_proxy, check_name, check_connection, check_certificate)


def check_worker(machine: Machine) -> Seen:
    """Ask the Worker how it is; phones ask it for previews."""
    origin = machine.health.worker_origin if machine.health else None
    if origin is None:
        return note("this backend does not tell where its Worker is")
    return _look(machine, origin, "no preview can be built or shown")


def check_storage(machine: Machine) -> Seen | None:
    """Reach the other places that the backend names for uploads."""
    health = machine.health
    origins = [each for each in health.upload_origins if each != health.worker_origin] if health else []
    seen = [_look(machine, origin, "no preview can be sent") for origin in origins]
    return next((each for each in seen if each.grade is not Grade.OK), seen[0] if seen else None)


def _look(machine: Machine, origin: str, effect: str) -> Seen:
    parts = urlsplit(origin)
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        return wrong(f"{origin} is not https, so nothing is sent there", "Tell whoever runs the backend.")
    is_here = is_loopback(parts.hostname)
    remedy = _HERE if is_here else "Try again later, or tell whoever runs the backend."
    there = Machine(machine.client, origin)
    for step in _STEPS:
        seen = step(there)
        if seen.grade is not Grade.OK:
            return wrong(f"{origin}: {seen.text}; {effect}", remedy if is_here else seen.remedy)
    try:
        answer = Way(origin).get("/health")
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        return wrong(f"{origin} gives no answer ({reason(error)}); {effect}", remedy)
    if answer.status >= 500:
        return wrong(f"{origin} is not well (status {answer.status}); {effect}", remedy)
    return ok(f"{origin} answers in {answer.latency_ms:.0f} ms")
