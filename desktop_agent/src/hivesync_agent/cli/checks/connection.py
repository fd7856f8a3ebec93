"""Agent, backend, clock and session, as a client meets them."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.cli.checks.finding import Finding, Grade

if TYPE_CHECKING:
    from hivesync import Client

_SKEW_SECONDS = 60


def check_proof(client: Client, *, agent_lives: bool) -> Finding:
    """Talk to the agent; that takes a right proof."""
    try:
        status = client.agent.status()
    except HiveSyncError as error:
        if not agent_lives and error.code is ErrorCode.UPSTREAM_UNREACHABLE:
            return Finding("agent", Grade.NOTE, error.detail, "`hivesync agent start`")
        return Finding("agent", Grade.WRONG, error.detail, "`hivesync agent restart`")
    if status.server_url != client.settings.server_url:
        return Finding(
            "agent",
            Grade.WRONG,
            f"it serves {status.server_url}, this command {client.settings.server_url}",
            "Set HIVESYNC_SERVER_URL alike and run `hivesync agent restart`.",
        )
    if status.paused:
        return Finding("agent", Grade.NOTE, "it is paused", "`hivesync api POST /v1/resume`")
    return Finding("agent", Grade.OK, f"proven, version {status.version}, pid {status.pid}")


def check_backend(client: Client) -> list[Finding]:
    """Ask the backend itself how it is, and compare clocks."""
    begin = time.monotonic()
    origin = client.settings.server_url
    try:
        answer = client.request("GET", "/api/v1/health").raise_for_status()
    except HiveSyncError as error:
        remedy = f"Is {origin} right (HIVESYNC_SERVER_URL)? Behind a proxy, set HTTPS_PROXY."
        return [Finding("backend", Grade.WRONG, f"{origin}: {error.detail}", remedy)]
    latency_ms = (time.monotonic() - begin) * 1000
    found = Finding("backend", Grade.OK, f"{origin} answers in {latency_ms:.0f} ms")
    return [found, _clock(answer.headers.get("date", ""))]


def check_session(client: Client, *, backend_answers: bool) -> Finding:
    """Tell who is signed in, which only the backend knows: a session may have been ended there."""
    if not backend_answers:
        return Finding("session", Grade.NOTE, "not checked: the backend can't be reached")
    try:
        user = client.me()
    except HiveSyncError as error:
        return Finding("session", Grade.WRONG, error.detail, "`hivesync login`")
    return Finding("session", Grade.OK, f"{user.username}, {user.tier}")


def _clock(date: str) -> Finding:
    try:
        skew = time.time() - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return Finding("clock", Grade.NOTE, "the backend does not tell its time")
    if abs(skew) > _SKEW_SECONDS:
        text = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the backend"
        return Finding("clock", Grade.WRONG, text, "Set the clock; signatures and tokens depend on it.")
    return Finding("clock", Grade.OK, "agrees with the backend")
