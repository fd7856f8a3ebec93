"""`.demo/stack.json`: where everything is while the demo runs. Holds the demo user's password: mode 0600."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from hivesync.private_files import write_private

from hivesync_dev.paths import DEMO

STACK_FILE = DEMO / "stack.json"


@dataclass(frozen=True, slots=True)
class StackDescription:
    """The demo's JSON, as docs/protocol promises it to scripts."""

    server_url: str
    worker_url: str
    agent_url: str
    discovery_file: str
    preview_url: str
    project_id: str
    preview_id: str
    email: str
    password: str
    ready_seconds: float

    def to_json(self) -> str:
        """Give it as one line."""
        return json.dumps(asdict(self))

    def write(self, path: Path = STACK_FILE) -> None:
        """Write the file for scripts to read."""
        write_private(path, (self.to_json() + "\n").encode())


def running_preview_url(path: Path = STACK_FILE) -> str | None:
    """Give the link of the demo that runs, if it has got that far."""
    try:
        url = json.loads(path.read_text("utf-8"))["preview_url"]
    except (OSError, ValueError, KeyError):
        return None
    return str(url)
