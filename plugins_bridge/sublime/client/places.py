"""Where HiveSync keeps its files on this machine, by the platform's rules. Creates nothing."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import Mapping

from .errors import INVALID, HiveSyncError

_LINUX_STATE = os.path.expanduser("~/.local/state")
_PROFILE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True)
class Places:
    """`environ` is the editor's environment with the plugin's settings over it."""

    environ: Mapping[str, str]
    platform: str

    @property
    def profile(self) -> str:
        """Give the account profile; raise `HiveSyncError` for a name that could be another file's."""
        name = self.environ.get("HIVESYNC_PROFILE") or "default"
        if not _PROFILE.fullmatch(name):
            raise HiveSyncError(INVALID, f"The profile {name!r} must be 1–32 of a-z, 0-9, '-', '_'.")
        return name

    @property
    def discovery_file(self) -> str:
        """Give the path of the profile's discovery file."""
        middle = "" if self.profile == "default" else "." + self.profile
        return os.path.join(self._runtime(), f"desktop-agent{middle}.json")

    def operations_folder(self, origin: str) -> str:
        """Give the folder in which the account's agent keeps changes that wait for the backend."""
        digest = hashlib.sha256(f"HiveSync {origin}#{self.profile}".encode()).hexdigest()[:16]
        return os.path.join(self._state(), "operations", digest)

    def _runtime(self) -> str:
        if self.environ.get("HIVESYNC_RUNTIME_DIR"):
            return self.environ["HIVESYNC_RUNTIME_DIR"]
        if self.platform == "linux":
            runtime = self.environ.get("XDG_RUNTIME_DIR")
            return (
                os.path.join(runtime, "hivesync") if runtime else os.path.join(_LINUX_STATE, "hivesync/run")
            )
        return os.path.join(self._application(), "run")

    def _state(self) -> str:
        if self.environ.get("HIVESYNC_STATE_DIR"):
            return self.environ["HIVESYNC_STATE_DIR"]
        if self.platform == "linux":
            state = self.environ.get("XDG_STATE_HOME", "")
            # A relative value must be ignored: XDG Base Directory Specification, "Basics".
            return os.path.join(state if state.startswith("/") else _LINUX_STATE, "hivesync")
        return self._application()

    def _application(self) -> str:
        if self.platform == "osx":
            return os.path.expanduser("~/Library/Application Support/HiveSync")
        local = self.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
        return os.path.join(local, "HiveSync")
