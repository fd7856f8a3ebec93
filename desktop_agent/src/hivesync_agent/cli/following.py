"""Follow a preview until it is ready or failed. Gives up on a backend that stays away: the agent does not."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.previews import FINAL_STATES, PreviewState

from hivesync_agent.cli.console import Console

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.local_api import LocalPreview

GIVE_UP_SECONDS = 30.0
_POLL_SECONDS = 0.2


class StillWaiting(HiveSyncError):
    """The backend has stayed away for longer than a command waits."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True


@dataclass(slots=True)
class Following:
    """Tells every step of one preview, and why nothing happens when nothing does."""

    console: Console
    client: Client
    ask_seconds: float = 2.0
    """How long nothing happens before the agent is asked whether the backend is there."""
    give_up_seconds: float = GIVE_UP_SECONDS
    """How long the backend may be away."""

    def until_end(self, preview: LocalPreview) -> LocalPreview:
        """Give the preview as it ended; raise `StillWaiting`."""
        told, quiet_since = "", time.monotonic()
        while True:
            if (line := progress(preview)) != told:
                self.console.note(line)
                told, quiet_since = line, time.monotonic()
            if preview.state in FINAL_STATES:
                return preview
            if time.monotonic() - quiet_since >= self.ask_seconds:
                self._wait_for_backend(preview)
                quiet_since = time.monotonic()
            time.sleep(_POLL_SECONDS)
            preview = self.client.previews.get(preview.id)

    def _wait_for_backend(self, preview: LocalPreview) -> None:
        """Return when the backend is there, which it mostly is: a build may take long."""
        status = self.client.agent.status()
        if status.online:
            return
        self.console.note(f"waiting for {status.server_url}: it can't be reached")
        end = time.monotonic() + self.give_up_seconds
        while not status.online:
            if time.monotonic() >= end:
                raise StillWaiting(
                    f"{status.server_url} can't be reached. The agent goes on trying for some minutes, and "
                    "finishes the preview when the server is back; see "
                    f"`hivesync api GET /v1/previews/{preview.id}`."
                )
            time.sleep(self.ask_seconds)
            status = self.client.agent.status()


def progress(preview: LocalPreview) -> str:
    """Give one line on where the preview is."""
    if preview.state is PreviewState.UPLOADING and preview.total_bytes:
        return f"uploading {max(1, round(preview.total_bytes / 1000))} kB"
    return preview.state.value
