"""Where a session lies. Apart from what else the local API says, since every client needs it at once."""

from __future__ import annotations

from enum import StrEnum


class KeychainState(StrEnum):
    """Where the session can be kept. Locked is not missing: the user can unlock it."""

    OK = "ok"
    LOCKED = "locked"
    MISSING = "missing"
    TIMEOUT = "timeout"


class SessionStore(StrEnum):
    """Where the refresh token of this session is: `memory` ends with the agent, `file` only if asked for."""

    KEYCHAIN = "keychain"
    FILE = "file"
    MEMORY = "memory"
    NONE = "none"
