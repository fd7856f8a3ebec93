"""Which way a call would take, and why. The reasons are codes: programs may branch on them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """Who answers: the desktop agent for us (`proxy`), the backend itself (`direct`), or nobody."""

    PROXY = "proxy"
    DIRECT = "direct"
    NONE = "none"


class WayReason(StrEnum):
    """Why a call takes its way."""

    AGENT_READY = "AGENT_READY"
    """The agent runs and has proven itself."""
    AGENT_ABSENT = "AGENT_ABSENT"
    """There is no discovery file."""
    AGENT_DISTRUSTED = "AGENT_DISTRUSTED"
    """The discovery file is not one that an agent of this user writes."""
    AGENT_STALE = "AGENT_STALE"
    """Nobody listens where the discovery file points."""
    AGENT_UNPROVEN = "AGENT_UNPROVEN"
    """What listens there could not prove that it is the agent."""
    AGENT_TOO_NEW = "AGENT_TOO_NEW"
    """The agent speaks only later protocols: update this program."""
    AGENT_TOO_OLD = "AGENT_TOO_OLD"
    """The agent speaks only earlier protocols: update HiveSync."""
    API_KEY = "API_KEY"
    """HIVESYNC_TOKEN is set, and wins."""
    CHOSEN = "CHOSEN"
    """The caller has forbidden the other way."""
    SIGNED_OUT = "SIGNED_OUT"
    """No agent runs, and this machine has no session."""


@dataclass(frozen=True, slots=True)
class Way:
    """`detail` is for people: what is missing, and what to do about it. Empty where all is well."""

    mode: Mode
    reason: WayReason
    detail: str = ""
