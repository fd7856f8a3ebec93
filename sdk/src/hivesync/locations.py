"""Where HiveSync keeps its files on this machine. Names folders; creates none."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.discovery import discovery_name, lock_name, runtime_dir


@dataclass(frozen=True, slots=True)
class Locations:
    """The four folders, each of which an environment variable may move."""

    runtime: Path
    config: Path
    state: Path
    log: Path

    @classmethod
    def detect(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        platform: str = sys.platform,
        home: Path | None = None,
    ) -> Locations:
        """Give the folders by the platform's own rules (XDG, Library, %LOCALAPPDATA%)."""
        environ = os.environ if environ is None else environ
        home = home or Path.home()
        config, state, log = _platform_folders(platform, environ, home)
        return cls(
            runtime=runtime_dir(platform, environ, home),
            config=_overridden(environ, "HIVESYNC_CONFIG_DIR", config),
            state=_overridden(environ, "HIVESYNC_STATE_DIR", state),
            log=_overridden(environ, "HIVESYNC_LOG_DIR", log),
        )

    def discovery_file(self, profile: str) -> Path:
        """Give the path of the profile's discovery file."""
        return self.runtime / discovery_name(profile)

    def agent_lock(self, profile: str) -> Path:
        """Give the path of the lock that the profile's agent holds while it lives."""
        return self.runtime / lock_name(profile)

    def tray_lock(self, profile: str) -> Path:
        """Give the path of the lock that the profile's tray holds while it lives."""
        return self.runtime / f"tray.{profile}.lock"

    def agent_log(self, profile: str) -> Path:
        """Give the path of the profile's agent log."""
        return self.log / f"agent.{profile}.log"


def _overridden(environ: Mapping[str, str], name: str, default: Path) -> Path:
    value = environ.get(name)
    return Path(value) if value else default


def _platform_folders(platform: str, environ: Mapping[str, str], home: Path) -> tuple[Path, Path, Path]:
    if platform == "darwin":
        support = home / "Library" / "Application Support" / "HiveSync"
        return support, support, home / "Library" / "Logs" / "HiveSync"
    if platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "HiveSync"
        return base, base, base / "Logs"
    state = _xdg(environ, "XDG_STATE_HOME", home / ".local" / "state")
    return _xdg(environ, "XDG_CONFIG_HOME", home / ".config"), state, state / "log"


def _xdg(environ: Mapping[str, str], name: str, default: Path) -> Path:
    # A relative value must be ignored: XDG Base Directory Specification, "Basics".
    value = environ.get(name, "")
    return (Path(value) if value.startswith("/") else default) / "hivesync"
