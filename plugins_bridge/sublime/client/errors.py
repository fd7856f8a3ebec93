"""What can go wrong, by the codes of the wire. `detail` is for people, `code` for programs."""

from __future__ import annotations

from typing import Any, Mapping

UNREACHABLE = "UPSTREAM_UNREACHABLE"
SIGNED_OUT = "AUTH_REQUIRED"
INVALID = "VALIDATION_ERROR"
QUEUED = "OFFLINE_QUEUED"
TOO_LONG = "PAYLOAD_TOO_LARGE"


class HiveSyncError(Exception):
    """Base of every failure that a command shows."""

    def __init__(self, code: str, detail: str, status: int = 0) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status


class AgentUnusable(HiveSyncError):
    """The call was not done by an agent, and may go another way. `reason`: see `docs/protocol.md` §4."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(UNREACHABLE, detail)
        self.reason = reason


class Offline(HiveSyncError):
    """Nobody answered in time."""

    def __init__(self, detail: str) -> None:
        super().__init__(UNREACHABLE, detail)


class CommandMissing(HiveSyncError):
    """Without the `hivesync` command this plugin has no way to the backend: it keeps no secret itself."""

    def __init__(self) -> None:
        super().__init__(
            SIGNED_OUT,
            "The hivesync command was not found. Install HiveSync (docs/guide-desktop.md), "
            'or name the command in this plugin\'s settings ("hivesync_command").',
        )


def problem(status: int, body: Any, headers: Mapping[str, str]) -> HiveSyncError:
    """Give the error of an answer (RFC 9457), whatever its body is."""
    told = body if isinstance(body, dict) else {}
    detail = told.get("detail") or told.get("title") or f"The answer was status {status}."
    code = told.get("code") or ("INTERNAL_ERROR" if status >= 500 else INVALID)
    error = HiveSyncError(str(code), _with_wait(str(detail), headers.get("retry-after", "")), status)
    return error


def _with_wait(detail: str, seconds: str) -> str:
    return f"{detail} Try again in {seconds} s." if seconds.isdigit() else detail
