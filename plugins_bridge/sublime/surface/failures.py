"""Tells of what went wrong, and offers what can be done about it."""

from __future__ import annotations

import sublime

from ..client.errors import SIGNED_OUT, AgentUnusable, CommandMissing, HiveSyncError
from ..client.plain import plain

_STARTABLE = ("AGENT_ABSENT", "AGENT_STALE")


def show_failure(window: sublime.Window, error: HiveSyncError) -> None:
    """Show the failure of something that the user asked for."""
    if not window.is_valid():
        return
    detail = plain(error.detail, 2000)
    if isinstance(error, AgentUnusable) and error.reason in _STARTABLE:
        question = f"This needs the HiveSync agent. {detail}"
        _offer(window, question, "Start the Agent", "hivesync_start_agent")
    elif error.code == SIGNED_OUT and not isinstance(error, CommandMissing):
        _offer(window, "You are not signed in to HiveSync.", "Log In", "hivesync_log_in")
    else:
        sublime.error_message(f"HiveSync: {detail}")


def _offer(window: sublime.Window, question: str, answer: str, command: str) -> None:
    if sublime.ok_cancel_dialog(question, answer, "HiveSync"):
        window.run_command(command)
