"""Events as they go over the wire (WHATWG HTML, "Server-sent events")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hivesync_contract.events import EventType, PreviewEvent, ResetEvent
from hivesync_contract.identity import Tier
from pydantic import TypeAdapter

from hivesync_server.events.repository import StoredEvent
from hivesync_server.previews.links import PreviewLinks
from hivesync_server.settings.groups import WorkerSettings

PING = b": ping\n\n"
STOPPING = b": the server stops; connect again and resume\n\n"

_PREVIEW_EVENT = TypeAdapter(PreviewEvent)
_RESET = TypeAdapter(ResetEvent)


@dataclass(frozen=True, slots=True)
class Message:
    """One event, ready to be sent."""

    number: int
    data: bytes


def following(position: int) -> bytes:
    """Give the first message. It tells the place, so that even a quiet stream resumes."""
    return f": following\nid: {position}\n\n".encode()


def reset(position: int, now: datetime) -> bytes:
    """Give the message about a gap that can't be filled."""
    return _encoded(EventType.RESET, position, _RESET.dump_json(ResetEvent(now)).decode())


@dataclass(frozen=True, slots=True)
class Renderer:
    """Makes messages for one session of a user of one tier."""

    settings: WorkerSettings
    user_id: str
    session_id: str
    tier: Tier
    now: datetime

    def render(self, event: StoredEvent) -> Message:
        """Give an event as it is sent now: empty, if it is for another session."""
        if event.session_id not in (None, self.session_id):
            return Message(event.number, b"")
        data = event.data
        if event.type == EventType.PREVIEW_STATE:
            # A stored link would have expired by the time that a sleeping laptop catches up.
            links = PreviewLinks(self.settings, self.user_id, self.tier, self.now)
            shape = _PREVIEW_EVENT.validate_json(data)
            data = _PREVIEW_EVENT.dump_json(replace(shape, preview=links.add_to(shape.preview))).decode()
        return Message(event.number, _encoded(event.type, event.number, data))


def _encoded(kind: str, number: int, data: str) -> bytes:
    # JSON as we write it has no line break.
    return f"event: {kind}\ndata: {data}\nid: {number}\n\n".encode()
