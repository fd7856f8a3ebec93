"""Which events are worth a notification: not what the user did just now, or sees on the phone anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hivesync import Event
from hivesync_contract.events import EventType, PreviewProgressEvent, SessionEvent
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import FINAL_STATES, PreviewState

from hivesync_agent.tray.view import folder_name

SIGNED_OUT_BY_USER = "signed out"
"""The reason that the agent gives for a sign-out that somebody has asked for."""


@dataclass(frozen=True, slots=True)
class News:
    """A notification. `preview_id`: the preview whose code a click shows."""

    title: str
    text: str
    preview_id: str = ""


class Newsroom:
    """Remembers what was told, so that nothing is told twice."""

    def __init__(self) -> None:
        self._ended: dict[str, tuple[int, PreviewState]] = {}
        self._were_ready: set[str] = set()

    def of(self, event: Event) -> News | None:
        """Give what there is to tell; None for most events."""
        if isinstance(event.data, PreviewProgressEvent):
            return self._of_preview(event.data.preview)
        if isinstance(event.data, SessionEvent):
            return _of_session(event.data)
        if event.type == EventType.OPERATION_CONFLICT:
            return News("A change came back", f"{_why(event.data)} `hivesync operations` shows both sides.")
        return None

    def _of_preview(self, preview: LocalPreview) -> News | None:
        now = (preview.version, preview.state)
        before = self._ended.get(preview.id)
        if preview.state not in FINAL_STATES or now == before:
            return None
        self._ended[preview.id] = now
        if preview.state is PreviewState.FAILED:
            is_known = preview.live and before is not None and before[1] is PreviewState.FAILED
            return None if is_known else _failed(preview)
        # A live preview is ready again after every save, and the phone shows it.
        is_known = preview.live and (
            preview.id in self._were_ready or (before is None and preview.version > 1)
        )
        self._were_ready.add(preview.id)
        if is_known or preview.state is not PreviewState.READY:
            return None
        return News("Preview ready", f"{folder_name(preview)}: click to show its code.", preview.id)


def _failed(preview: LocalPreview) -> News:
    return News("Preview failed", f"{folder_name(preview)}: {failure(preview)}")


def failure(preview: LocalPreview) -> str:
    """Say in one line why a preview failed, and where."""
    if preview.error is None:
        return "the server gave no reason."
    found = preview.error.diagnostic
    place = [found.file, found.line, found.column] if found else []
    return ": ".join(filter(None, (":".join(str(part) for part in place if part), preview.error.message)))


def _of_session(event: SessionEvent) -> News | None:
    if event.signed_in or event.reason == SIGNED_OUT_BY_USER:
        return None
    return News("You were signed out", event.reason)


def _why(data: object) -> str:
    """Read the backend's words out of an `operation.conflict`, which may be of a later release."""
    found = data
    for name in ("operation", "conflict", "problem", "detail"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else "The backend refused it."
