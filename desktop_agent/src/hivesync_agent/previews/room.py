"""The agent's place in a live preview's room: saves go out, phones and what they say come back.

It is a quicker way, never the only one: whatever it can't do becomes a version.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.events import EventType
from hivesync_contract.previews import FileEntry, PreviewError, PreviewState
from hivesync_contract.rooms import ConsoleLine, DeviceConsoleEvent, PreviewDevice, RoomAccess

from hivesync_agent.previews.account import Account
from hivesync_agent.previews.room_messages import Entry, Heard, Save
from hivesync_agent.previews.saved_files import Saved, read_saved
from hivesync_agent.previews.shown import key_of
from hivesync_agent.previews.tracked import Delivered, Tracked
from hivesync_agent.projects.confined import Identity
from hivesync_agent.projects.links import Backend
from hivesync_agent.projects.resolution import between

if TYPE_CHECKING:
    from hivesync_agent.previews.room_socket import RoomSocket

ANSWER_SECONDS = 10.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0
_log = logging.getLogger("hivesync.previews")


class Events(Protocol):
    """Where a phone's console is told."""

    def publish(self, event_type: str, payload: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Rooms:
    """What all rooms need."""

    backend: Backend
    account: Account
    events: Events
    own_identities: Callable[[], frozenset[Identity]]

    def room(self, tracked: Tracked) -> Room:
        """Give the room of one preview."""
        return Room(self, tracked)


class Room:
    """One preview's room. `run` keeps the connection; `save` uses it while it is there."""

    def __init__(self, rooms: Rooms, tracked: Tracked) -> None:
        self._rooms = rooms
        self._tracked = tracked
        self._socket: RoomSocket | None = None
        self._answers: dict[int, asyncio.Future[Heard]] = {}
        self._count = 0
        self._refused: tuple[Delivered, list[FileEntry]] | None = None
        """What the room could not show, or did not answer: it is not asked for the same again."""

    async def run(self) -> None:
        """Stay in the room until cancelled, or until the backend has none for this preview."""
        sockets = await asyncio.to_thread(import_module, "hivesync_agent.previews.room_socket")
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                access = await self._access()
                origins = await self._rooms.account.upload_origins()
                async with sockets.open_room(access, origins) as socket:
                    pause = _FIRST_PAUSE_SECONDS
                    self._socket = socket
                    async for text in socket.messages():
                        self._hear(text)
            except OSError:
                _log.info("room not reached", extra={"preview": self._tracked.record.id})
            except HiveSyncError as error:
                if not error.retryable and error.status < 500:
                    return  # a backend without rooms, or a preview that is gone: versions go on, or say so
            finally:
                self._leave()
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def save(self, names: Collection[str]) -> bool:
        """Send saved files, named from the root; False if they have to become a version."""
        delivered = self._tracked.delivered
        # With no phone in the room there may be one that no WebSocket reaches: a version is for all of them.
        if self._socket is None or delivered is None or not self._tracked.record.devices:
            return False
        own = self._rooms.own_identities()
        saved = await asyncio.to_thread(read_saved, delivered.target, own, names, delivered.sha256s())
        if saved is None:
            return False
        if not saved.files:
            return True
        if self._refused == (delivered, saved.entries):
            return False
        # An agent that is killed before the answer does not know later whether this is shown.
        heard, _ = await asyncio.gather(self._ask(self._socket, saved), self._tracked.note_shown(""))
        if heard is None or heard.type == "whole" or self._tracked.delivered is not delivered:
            self._refused = (delivered, saved.entries)
            return False
        delivered.take(saved.entries)
        await self._tracked.note_shown(key_of(self._tracked.record.project_id, delivered.manifest))
        await self._tell(heard)
        return True

    async def _ask(self, socket: RoomSocket, saved: Saved) -> Heard | None:
        self._count += 1
        save = Save(self._count, self._tracked.record.version, saved.files)
        answer: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        self._answers[save.id] = answer
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await socket.send(msgspec.json.encode(save).decode())
                return await answer
        except (OSError, TimeoutError):
            return None
        finally:
            self._answers.pop(save.id, None)

    async def _tell(self, heard: Heard) -> None:
        """Let editors see what is wrong with the save, or that nothing is wrong any more."""
        if heard.error is not None:
            reason = PreviewError(heard.error.code, heard.error.message, heard.error.diagnostic())
            await self._tracked.advance(state=PreviewState.FAILED, error=reason, diagnostic=reason)
        elif self._tracked.record.error is not None:
            await self._tracked.advance(state=PreviewState.READY, error=None, diagnostic=None)

    async def _access(self) -> RoomAccess:
        record = self._tracked.record
        return await self._rooms.backend.call(
            "POST", f"{record.upstream_path}/room", decode=RoomAccess, user_id=record.scope.user_id
        )

    def _hear(self, text: str) -> None:
        try:
            heard = msgspec.json.decode(text, type=Heard)
        except (msgspec.MsgspecError, RecursionError):
            _log.warning("room not understood")
            return
        if heard.type in ("saved", "failed", "whole"):
            if (answer := self._answers.get(heard.id)) and not answer.done():
                answer.set_result(heard)
        elif heard.type == "devices":
            self._tracked.note_devices([PreviewDevice(each.id, each.name) for each in heard.devices])
        elif heard.type == "console" and heard.device is not None:
            self._publish(heard, PreviewDevice(heard.device.id, heard.device.name))

    def _publish(self, heard: Heard, device: PreviewDevice) -> None:
        record = self._tracked.record
        lines = [self._line(entry) for entry in heard.entries]
        event = DeviceConsoleEvent(record.id, record.root, device, lines, heard.dropped)
        self._rooms.events.publish(EventType.DEVICE_CONSOLE, event)

    def _line(self, entry: Entry) -> ConsoleLine:
        record = self._tracked.record
        if entry.file is None:
            return ConsoleLine(entry.level, entry.text, entry.is_error)
        file = between(record.place, entry.file)
        path = os.path.normpath(Path(record.root, file))
        place = (path, file, entry.line or 1, entry.column or 1)
        return ConsoleLine(entry.level, entry.text, entry.is_error, *place)

    def _leave(self) -> None:
        self._socket = None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError("the room is gone"))
        self._tracked.note_devices([])
