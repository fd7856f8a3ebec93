"""The journal: changes in the order in which they were made, each kept before anybody is told so.

Refuses more than it can hold, and to forget a change for any other reason than that it is done or that the
user gives it up. A caller that leaves does not stop what it began: disk and memory stay the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from hivesync_contract.errors import ErrorCode, HiveSyncError, Problem
from hivesync_contract.events import EventType, OperationEvent
from hivesync_contract.operations import Operation, OperationConflict, OperationList, OperationState

from hivesync_agent.offline.declared import declared
from hivesync_agent.offline.entry import Entry, kept_headers
from hivesync_agent.offline.store import EntryStore, JournalNotWritable
from hivesync_agent.problems import Conflicting, NotFound
from hivesync_agent.relay.journal import Mutation, Queued

OPERATIONS = 1_000
BODY_BYTES = 4 * 1024 * 1024
"""The most of one user that waits at once. Others' changes can't be seen, so they must not be in the way."""

T = TypeVar("T")


class JournalFull(HiveSyncError):
    """As many changes wait, or came back, as are ever kept."""

    code = ErrorCode.STORAGE_FULL


class KeyReused(HiveSyncError):
    """The Idempotency-Key belongs to another change that waits."""

    code = ErrorCode.IDEMPOTENCY_CONFLICT


class Owner(Protocol):
    """Whose changes these are."""

    @property
    def known(self) -> str | None:
        """Give the user that was last heard of, without asking anyone."""

    async def current(self) -> str | None:
        """Give the signed-in user, also offline; None if that can't be told."""

    async def required(self) -> str:
        """Give the same, or raise `SignedOut` or `UpstreamUnreachable`."""


class Events(Protocol):
    """Tells everyone."""

    def publish(self, event_type: str, payload: object) -> None: ...


class OperationJournal:
    """Implements the relay's `Journal`; `load` comes first."""

    def __init__(
        self, *, store: EntryStore, owner: Owner, events: Events, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._owner = owner
        self._events = events
        self._clock = clock
        self._entries: dict[str, Entry] = {}
        self._damaged: list[str] = []
        self._next_number = 1
        self._sending: str | None = None
        self._changing = asyncio.Lock()
        self.filled = asyncio.Event()
        """Set by whatever adds a change that waits; the replay clears it."""

    async def load(self) -> None:
        """Read what earlier agents left."""
        stored = await self._store.load()
        self._entries = {entry.id: entry for entry in stored.entries}
        self._damaged = stored.damaged
        # Beyond every fence, too: what comes now is made by somebody who could know of the conflict.
        self._next_number = max((max(entry.number + 1, entry.fence) for entry in stored.entries), default=1)

    def takes(self, method: str, path: str) -> bool:
        """Tell whether this mutation is on the declared list."""
        return declared(method, path) is not None

    def has_waiting(self) -> bool:
        """Tell whether the user's earlier changes still wait; while the user isn't known, whether any do."""
        user_id = self._owner.known
        return any(entry.is_waiting and user_id in (None, entry.user_id) for entry in self._entries.values())

    async def accept(self, mutation: Mutation) -> Queued:
        """Keep a change. A repetition of one that waits is the same change.

        Raises `JournalFull`, `JournalNotWritable`, `KeyReused`, or what `Owner.required` does.
        """
        return await self._whole(self._accept(await self._owner.required(), mutation))

    def waiting(self) -> int:
        """Count what is still to be sent, for whomever."""
        return sum(entry.is_waiting for entry in self._entries.values())

    def conflicts(self) -> int:
        """Count what came back."""
        return len(self._entries) - self.waiting()

    async def list(self) -> OperationList:
        """Give the signed-in user's changes, in order, and how many there are of others."""
        user_id = await self._owner.current()
        own = sorted(self._of(user_id), key=lambda entry: entry.number)
        others = len(self._entries) - len(own)
        shown = [entry.shown(user_id) for entry in own]
        return OperationList(shown, damaged=self._damaged, of_other_accounts=others)

    async def discard(self, operation_id: str) -> None:
        """Give up a change of the signed-in user; raise `NotFound`, or `Conflicting` while it is sent."""
        await self._whole(self._discard(await self._owner.current(), operation_id))

    async def retry(self, operation_id: str) -> Operation:
        """Send a conflict once more, as it is and whatever is there now; raise as `discard` does."""
        return await self._whole(self._retry(await self._owner.current(), operation_id))

    def next_of(self, user_id: str) -> Entry | None:
        """Give the oldest waiting change of that user, which from now on can't be discarded."""
        waiting = [entry for entry in self._of(user_id) if entry.is_waiting]
        entry = min(waiting, key=lambda entry: entry.number, default=None)
        self._sending = entry.id if entry else None
        return entry

    def rest(self) -> None:
        """Note that nothing is being sent."""
        self._sending = None

    def refused_before(self, entry: Entry) -> Entry | None:
        """Give the conflict that this change was made on top of, if there is one."""
        return next((other for other in self._entries.values() if entry.is_overtaken_by(other)), None)

    async def done(self, entry: Entry) -> None:
        """Forget a change that the backend has done."""
        async with self._changing:
            await self._store.remove(entry)
            self._entries.pop(entry.id, None)
        self._tell(EventType.OPERATION_DONE, entry, OperationState.DONE)

    async def come_back(self, entry: Entry, problem: Problem, theirs: Any = None) -> None:
        """Keep a change that the backend refused until the user decides."""
        async with self._changing:
            conflict = OperationConflict(datetime.fromtimestamp(self._clock(), UTC), problem, theirs)
            refused = replace(entry, conflict=conflict, fence=self._next_number)
            # Where it can't be written it still waits on disk: a restart sends it, and it is refused, anew.
            with contextlib.suppress(JournalNotWritable):
                await self._store.save(refused)
            self._entries[entry.id] = refused
        self._tell(EventType.OPERATION_CONFLICT, refused)

    async def _accept(self, user_id: str, mutation: Mutation) -> Queued:
        async with self._changing:
            same = self._same(user_id, mutation)
            if same is not None:
                return Queued(same.id)
            self._check_room(user_id, len(mutation.body))
            entry = self._new_entry(user_id, mutation)
            await self._store.save(entry)
            self._add(entry)
        self._tell(EventType.OPERATION_QUEUED, entry)
        return Queued(entry.id)

    async def _discard(self, user_id: str | None, operation_id: str) -> None:
        async with self._changing:
            entry = self._at_rest(user_id, operation_id)
            await self._store.remove(entry)
            del self._entries[entry.id]
        self._tell(EventType.OPERATION_DISCARDED, entry, OperationState.DISCARDED)

    async def _retry(self, user_id: str | None, operation_id: str) -> Operation:
        async with self._changing:
            entry = self._at_rest(user_id, operation_id)
            if entry.is_waiting:
                raise Conflicting("This change waits already; it is sent when HiveSync can be reached.")
            again = entry.again(self._next_number, self._clock())
            await self._store.save(again)
            self._add(again)
        return self._tell(EventType.OPERATION_QUEUED, again)

    def _of(self, user_id: str | None) -> Sequence[Entry]:
        return [entry for entry in self._entries.values() if entry.user_id == user_id]

    def _at_rest(self, user_id: str | None, operation_id: str) -> Entry:
        entry = self._entries.get(operation_id)
        if entry is None or entry.user_id != user_id:
            raise NotFound("There is no such operation of this account; it may be done by now.")
        if entry.id == self._sending:
            raise Conflicting("This change is being sent right now.")
        return entry

    def _same(self, user_id: str, mutation: Mutation) -> Entry | None:
        identity = (user_id, mutation.method, mutation.target, mutation.idempotency_key)
        for entry in self._entries.values():
            if entry.is_waiting and (entry.user_id, entry.method, entry.target, entry.key) == identity:
                if entry.body != mutation.body:
                    raise KeyReused("This Idempotency-Key was used for another request; make a new one.")
                return entry
        return None

    def _check_room(self, user_id: str, size_bytes: int) -> None:
        own = self._of(user_id)
        if len(own) >= OPERATIONS or size_bytes + sum(len(entry.body) for entry in own) > BODY_BYTES:
            raise JournalFull(
                "Too many changes wait for the network, or came back as conflicts; "
                "see `hivesync operations` and settle some, then try again."
            )

    def _new_entry(self, user_id: str, mutation: Mutation) -> Entry:
        kind = declared(mutation.method, mutation.target.partition("?")[0])
        if kind is None:
            raise ValueError("the relay asked for what `takes` refused")
        return Entry(
            id=str(uuid.uuid4()),
            number=self._next_number,
            user_id=user_id,
            kind=kind,
            method=mutation.method,
            target=mutation.target,
            headers=kept_headers(mutation.headers, mutation.idempotency_key),
            body=mutation.body,
            key=mutation.idempotency_key,
            client=mutation.client,
            accepted_at=self._clock(),
        )

    def _add(self, entry: Entry) -> None:
        self._entries[entry.id] = entry
        self._next_number = entry.number + 1
        self.filled.set()

    def _tell(self, event: EventType, entry: Entry, state: OperationState | None = None) -> Operation:
        operation = entry.shown(self._owner.known, state)
        self._events.publish(event, OperationEvent(operation))
        return operation

    async def _whole(self, work: Coroutine[Any, Any, T]) -> T:
        # A caller may leave while the file is written: the entry must be in memory as well then.
        return await asyncio.shield(asyncio.ensure_future(work))
