"""`hivesync status`: what a person asks first when something seems off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from hivesync_contract.discovery import profile_of
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent import VERSION
from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.duration import duration_words

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.local_api import AgentStatus


@click.command()
@console_options
def command(console: Console) -> None:
    """Show agent, connection and session, and what other profiles of this machine have an agent."""
    from hivesync import AgentAbsent

    with console.client() as client:
        try:
            status = client.agent.status()
        except AgentAbsent as absent:
            facts = _direct(client, absent.detail)
            lines = _direct_lines(facts)
        else:
            facts, lines = {"mode": "proxy", "agent": status}, _agent_lines(status)
        profiles = list(_profiles(console, client))
    console.result(
        {**facts, "profiles": profiles}, [*lines, *_profile_lines(profiles, client.settings.profile)]
    )


def _profiles(console: Console, client: Client) -> Iterator[dict[str, Any]]:
    """Ask the agent of each profile; what a crash has left behind counts as not running."""
    names = {profile_of(path.name) for path in client.locations.runtime.glob("desktop-agent*.json")}
    for name in sorted(filter(None, names)):
        with replace(console, profile=name).client() as other:
            try:
                status = other.agent.status()
            except HiveSyncError as error:
                yield {"profile": name, "running": False, "reason": error.detail}
            else:
                yield {"profile": name, "running": True, "pid": status.pid} | {
                    "server_url": status.server_url,
                    "signed_in": status.signed_in,
                    "user": status.user,
                }


def _profile_lines(profiles: list[dict[str, Any]], shown: str) -> Iterator[str]:
    for other in profiles:
        if other["running"] and other["profile"] != shown:
            user = other["user"].email if other["user"] else "not signed in"
            yield f"profile    {other['profile']}: {other['server_url']}, {user}"


def _direct(client: Client, reason: str) -> dict[str, Any]:
    user, problem = None, None
    try:
        user = client.me()
    except HiveSyncError as error:
        problem = {"code": error.code, "detail": error.detail}
    return {
        "mode": "direct",
        "agent": None,
        "reason": reason,
        "server_url": client.settings.server_url,
        "profile": client.settings.profile,
        "signed_in": user is not None,
        "user": user,
        "problem": problem,
    }


def _direct_lines(facts: dict[str, Any]) -> Iterator[str]:
    yield f"agent      {facts['reason']}"
    yield f"backend    {facts['server_url']}"
    if user := facts["user"]:
        yield f"signed in  {user.email} ({user.username}), {user.tier}"
    else:
        yield f"signed in  {_why_not(facts['problem'])}"


def _why_not(problem: dict[str, Any]) -> str:
    """Say "no" only where that is known; a backend that is away has not said so."""
    if problem["code"] == ErrorCode.AUTH_REQUIRED:
        return "no; run `hivesync login`"
    if problem["code"] == ErrorCode.UPSTREAM_UNREACHABLE:
        return "not checked: the backend can't be reached"
    return f"not checked: {problem['detail']}"


def _agent_lines(status: AgentStatus) -> Iterator[str]:
    yield f"agent      {status.version}, pid {status.pid}, up {duration_words(status.uptime_seconds)}" + (
        ", paused" if status.paused else ""
    )
    latency = f" ({status.upstream_latency_ms:.0f} ms)" if status.upstream_latency_ms is not None else ""
    online = f"online{latency}" if status.online else "offline; `hivesync doctor` says why"
    yield f"backend    {status.server_url}, {online}"
    if status.user:
        yield f"signed in  {status.user.email} ({status.user.username}), {status.user.tier}"
    else:
        yield f"signed in  {'yes' if status.signed_in else 'no; run `hivesync login`'}"
    if status.version != VERSION:
        yield f"update     {VERSION} is installed; `hivesync agent restart` lets it take over"
    for client in status.clients:
        yield f"client     {client.name} {client.version}, {duration_words(client.last_seen_seconds)} ago"
    if status.pending_previews:
        yield f"previews   {status.pending_previews} under way"
    for project in status.polled_projects:
        yield f"watching   {project.root} only now and then. {project.reason}"
    if status.queued_operations:
        yield f"changes    {status.queued_operations} waiting to be sent"
    if status.conflicting_operations:
        yield f"conflicts  {status.conflicting_operations}; see `hivesync operations`"
