"""Whose credentials: one profile at one origin. Nothing is ever looked up under another origin."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.discovery import check_profile


@dataclass(frozen=True, slots=True)
class Account:
    """The key of everything stored. `origin` is normalised by `hivesync.settings.parse_origin`."""

    origin: str
    profile: str

    def __post_init__(self) -> None:
        check_profile(self.profile)

    @property
    def service_name(self) -> str:
        """Give the name of the keychain entry. A profile holds no `#`, so the two can't run together."""
        return f"HiveSync {self.origin}#{self.profile}"

    @property
    def digest(self) -> str:
        """Give 16 hex digits that stand for the account in file names."""
        return hashlib.sha256(self.service_name.encode()).hexdigest()[:16]

    def lock_path(self, state: Path) -> Path:
        """Give the lock that whoever refreshes or replaces this account's session must hold."""
        return state / f"session-{self.digest}.lock"

    def operations_folder(self, state: Path) -> Path:
        """Give the folder in which the account's agent keeps changes that wait for the backend."""
        return state / "operations" / self.digest

    def plaintext_path(self, state: Path) -> Path:
        """Give the file of the plaintext store."""
        return state / f"session-{self.digest}.json"
