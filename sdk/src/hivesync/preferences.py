"""Choices the user made on this machine (`config.json`). A missing or broken file means the defaults."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from hivesync.locations import Locations
from hivesync.private_files import write_private


@dataclass(frozen=True, slots=True)
class Preferences:
    """`plaintext_credentials`: the user agreed to a file where this machine has no keychain."""

    plaintext_credentials: bool = False

    @classmethod
    def load(cls, locations: Locations) -> Preferences:
        """Read the file; only a literal `true` counts as consent."""
        try:
            data = json.loads((locations.config / "config.json").read_bytes())
        except (OSError, ValueError):
            return cls()
        consent = isinstance(data, dict) and data.get("plaintext_credentials") is True
        return cls(plaintext_credentials=consent)

    def save(self, locations: Locations) -> None:
        """Write the file."""
        write_private(locations.config / "config.json", json.dumps(asdict(self)).encode())
