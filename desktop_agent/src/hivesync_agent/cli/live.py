"""`hivesync preview --live`: tell what happens until Ctrl-C, which ends it; the phone keeps what it shows."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hivesync_contract.events import EventType, PreviewProgressEvent, ResetEvent
from hivesync_contract.previews import FINAL_STATES, PreviewState
from hivesync_contract.rooms import DeviceConsoleEvent

from hivesync_agent.cli.console import Console
from hivesync_agent.cli.device_lines import device_lines, open_on
from hivesync_agent.cli.failed_preview import error_lines
from hivesync_agent.cli.overheard import Overheard

if TYPE_CHECKING:
    from hivesync import Client, Event
    from hivesync_contract.local_api import LocalPreview


_TRIES, _PAUSE_SECONDS = 20, 0.1


def follow_live(console: Console, client: Client, preview: LocalPreview) -> LocalPreview | None:
    """Tell versions, phones and what they say; give the preview as it ended, or None if the user ended it."""
    from hivesync import Mode

    console.note("watching for changes; Ctrl-C to stop")
    told = _Told(console, preview)
    agent = client.locations.discovery_file(client.settings.profile)
    try:
        with Overheard(lambda: console.client(only=Mode.PROXY)) as events:
            for event in events:
                if event is None:
                    told.note_presence(is_there=agent.exists())
                elif isinstance(event.data, ResetEvent):
                    _catch_up(told, client)
                else:
                    told.hear(event)
                if not told.preview.live:
                    return told.preview
    except KeyboardInterrupt:
        _stop(console, client, preview.id)
    return None


def _stop(console: Console, client: Client, preview_id: str) -> None:
    from hivesync import AgentAbsent

    try:
        stopped = client.previews.stop(preview_id)
    except AgentAbsent:
        end = f"hivesync agent start; hivesync api DELETE /v1/previews/{preview_id}"
        console.note(f"the agent is away, and goes on with the preview when it is back; to end it: {end}")
    else:
        console.note(f"stopped; the phone keeps version {stopped.version}")


def _catch_up(told: _Told, client: Client) -> None:
    """Ask what has happened unheard. An agent that has just started knows its previews a moment later."""
    from hivesync import AgentAbsent, NotFound

    for _ in range(_TRIES):
        with contextlib.suppress(AgentAbsent, NotFound):
            told.tell(client.previews.get(told.preview.id))
            return
        time.sleep(_PAUSE_SECONDS)
    told.tell(client.previews.get(told.preview.id))


@dataclass(slots=True)
class _Told:
    """What of a live preview has been told already."""

    console: Console
    preview: LocalPreview
    _ended: LocalPreview = field(init=False)
    """As it was when it last was ready, or had failed."""
    _is_away: bool = False

    def __post_init__(self) -> None:
        self._ended = self.preview

    def note_presence(self, *, is_there: bool) -> None:
        """Say once that the agent has gone: what is saved while it is away is shown when it is back."""
        if not is_there and not self._is_away:
            self.console.note("the agent has ended; saves are shown when it is back: hivesync agent start")
        self._is_away = not is_there

    def hear(self, event: Event) -> None:
        """Tell an event, if it is about this preview."""
        match event.data:
            case PreviewProgressEvent(preview) if preview.id == self.preview.id:
                self.tell(preview)
            case DeviceConsoleEvent(preview_id) if preview_id == self.preview.id:
                several = len(self.preview.devices) > 1
                self.console.event(event.type, event.data, device_lines(event.data, named=several))

    def tell(self, preview: LocalPreview) -> None:
        """Tell what is new about it."""
        if preview.devices != self.preview.devices:
            self.console.note(open_on(preview.devices))
        before, self.preview = self._ended, preview
        now = (preview.version, preview.state, preview.error)
        if preview.state not in FINAL_STATES or now == (before.version, before.state, before.error):
            return
        self._ended = preview
        event = PreviewProgressEvent(preview)
        self.console.event(EventType.PREVIEW_PROGRESS, event, _outcome(preview, before))


def _outcome(preview: LocalPreview, before: LocalPreview) -> Iterable[str]:
    """A save that the phone took by itself makes no version: it is told when it can't be shown."""
    by_itself = preview.version == before.version
    if preview.state is PreviewState.READY:
        yield "the last save is shown again" if by_itself else f"version {preview.version} is ready"
    elif preview.error is not None:
        yield "the last save can't be shown" if by_itself else f"version {preview.version} failed"
        yield from error_lines(preview.error)
