"""Asks agent or backend for what the status bar shows. Runs off the editor's thread."""

from __future__ import annotations

from typing import Any

from ..client.call import NONE, PROXY
from ..client.errors import SIGNED_OUT, HiveSyncError
from ..client.session import Session
from .status import Facts

_REFUSED = (SIGNED_OUT, "AUTH_INVALID", "AUTH_EXPIRED")


def find_facts(session: Session) -> Facts:
    """Ask; what can't be asked is told by the facts themselves."""
    facts = Facts()
    facts.mode, _, facts.why = session.mode()
    if facts.mode == NONE:
        facts.state = "signed out" if session.direct.tokens.command.find() else "not installed"
        return facts
    try:
        if facts.mode == PROXY:
            _of_agent(facts, session.get("/v1/status"))
        else:
            _of_user(facts, session.get("/api/v1/auth/me"))
        if facts.state == "signed in":
            told = session.get("/api/v1/notifications/unread")
            facts.unread, facts.unread_more = int(told["count"]), bool(told["more"])
    except HiveSyncError as error:
        if error.code in _REFUSED:
            facts.state = "signed out"
        elif facts.state != "signed in":
            facts.state = "offline"
    return facts


def _of_agent(facts: Facts, told: Any) -> None:
    facts.server_url = str(told["server_url"])
    facts.pending, facts.queued = int(told["pending_previews"]), int(told["queued_operations"])
    facts.conflicts = int(told.get("conflicting_operations", 0))
    if told["signed_in"] and told.get("user"):
        _of_user(facts, told["user"])
    else:
        facts.state = "signed out"
    if told["paused"]:
        facts.state = "paused"
    elif not told["online"] and facts.state != "signed out":
        facts.state = "offline"


def _of_user(facts: Facts, user: Any) -> None:
    facts.state = "signed in"
    facts.username, facts.user_id, facts.tier = str(user["username"]), str(user["id"]), str(user["tier"])
