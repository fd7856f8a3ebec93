"""The desktop agent as a part of the stack, in folders of its own: the user's real agent is never touched."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from hivesync.locations import Locations
from hivesync.preferences import Preferences
from hivesync_contract import headers
from hivesync_contract.discovery import DEFAULT_PROFILE, DiscoveryFile, discovery_name
from hivesync_contract.errors import HiveSyncError

from hivesync_dev.paths import VENV_BIN
from hivesync_dev.stack.environment import clean_env
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.processes import Command
from hivesync_dev.stack.readiness import answers

CLIENT_NAME = "hivesync-dev/0.1.0"

NO_KEYCHAIN = "keyring.backends.fail.Keyring"
"""The user's keychain never sees the stack's session; it lies in a file, so that a restart keeps it."""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """Where the agent keeps its files, and its backend."""

    folder: Path
    log: Path
    server_url: str
    extra_env: dict[str, str] = field(default_factory=dict)

    @property
    def discovery_path(self) -> Path:
        return self.folder / "run" / discovery_name(DEFAULT_PROFILE)


class Agent(Part):
    """`hivesync agent run`."""

    name = "agent"

    def __init__(self, settings: AgentSettings) -> None:
        super().__init__()
        self.settings = settings

    def command(self) -> Command:
        self.settings.folder.mkdir(parents=True, exist_ok=True)
        Preferences(plaintext_credentials=True).save(Locations.detect(self.env()))
        arguments = [str(VENV_BIN / "hivesync"), "agent", "run"]
        return Command(self.name, arguments, self.env(), self.settings.folder, self.settings.log)

    def is_ready(self) -> bool:
        """Ready when the discovery file of this very process is there and its address answers."""
        discovery = self._read()
        if discovery is None or discovery.pid != self.child.pid:
            return False
        return answers(f"{discovery.url}/?nonce={'0' * 32}", {headers.CLIENT: CLIENT_NAME})

    def discovery(self) -> DiscoveryFile:
        """Give the running agent's discovery file."""
        return DiscoveryFile.from_json(json.loads(self.settings.discovery_path.read_text("utf-8")))

    def env(self) -> dict[str, str]:
        """Give the environment of this agent and of its clients (the CLI)."""
        folder = self.settings.folder
        return (
            clean_env()
            | {
                "HIVESYNC_SERVER_URL": self.settings.server_url,
                "HIVESYNC_RUNTIME_DIR": str(folder / "run"),
                "HIVESYNC_CONFIG_DIR": str(folder / "config"),
                "HIVESYNC_STATE_DIR": str(folder / "state"),
                "HIVESYNC_LOG_DIR": str(folder / "logs"),
                "PYTHON_KEYRING_BACKEND": NO_KEYCHAIN,
            }
            | self.settings.extra_env
        )

    def _read(self) -> DiscoveryFile | None:
        try:
            return self.discovery()
        except (OSError, ValueError, HiveSyncError):
            return None
