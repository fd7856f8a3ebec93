"""What can be told about an installed service, on any system."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ServiceKind(StrEnum):
    """Who starts the agent."""

    SYSTEMD = "systemd"
    LAUNCHD = "launchd"
    WINDOWS_RUN = "windows-run"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """`is_current`: what is installed is what an install would write now. `detail`: for a person."""

    kind: ServiceKind
    path: str
    installed: bool
    enabled: bool
    running: bool
    is_current: bool
    pid: int | None
    detail: str
