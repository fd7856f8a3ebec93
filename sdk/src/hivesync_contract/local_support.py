"""What a support bundle holds (`POST /v1/support-bundle`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BundledFile:
    """One file of the bundle, and what it is for."""

    name: str
    purpose: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SupportBundle:
    """A zip on this machine, for its user alone (0600). Nothing has been sent anywhere.

    `made_by`: `agent`, or `command` where no agent answered; `note` says what is missing then. The bundle's
    `manifest.json` says the same.
    """

    path: str
    made_by: str
    made_at: datetime
    note: str
    files: list[BundledFile]
