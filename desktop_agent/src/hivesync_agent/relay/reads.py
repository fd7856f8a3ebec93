"""Reads that several clients want at once, or that were answered before: one question to the backend for all.

Refuses to share what the answer does not allow, and to give anybody an answer to a question that was asked
before a change they may know of: with every write and every event the open questions are closed to newcomers.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from hivesync_agent.gate.request import Request
from hivesync_agent.relay.cache import (
    ANSWER_BYTES,
    KEYED,
    Entry,
    Key,
    PrivateCache,
    forbids_storing,
    is_passing,
    key_of,
    may_store,
)
from hivesync_agent.wire.messages import AnswerHead, RawHeader, options_of

_OF_ITS_OWN = (
    b"range",
    b"if-match",
    b"if-modified-since",
    b"if-none-match",
    b"if-range",
    b"if-unmodified-since",
    b"last-event-id",
    b"upgrade",
)
"""Requests with one of these want an answer that suits nobody else."""
REMEMBERED = 256


class Follower(Protocol):
    """A call that waits for another's answer."""

    def answer_whole(self, entry: Entry) -> None:
        """Take the answer."""

    def begin_alone(self) -> None:
        """Ask the backend itself: the other's answer can't be shared."""


class Reads:
    """The open questions and the stored answers of one session."""

    def __init__(self, cache: PrivateCache) -> None:
        self.cache = cache
        self._open: dict[Key, SharedRead] = {}
        self._unshareable: OrderedDict[Key, None] = OrderedDict()
        self._unstorable: set[Key] = set()
        """Answered `no-store` since the last change: there is nothing to look up, to share or to copy."""
        self._signed_in = False

    def read_for(self, request: Request, target: str) -> SharedRead | None:
        """Give the open question of a request's kind, or a new one; None if it goes alone."""
        values = request.head.values
        if request.method != "GET" or request.head.length != 0:
            return None
        for name in _OF_ITS_OWN:
            if name in values:
                return None
        if values.get(b"accept") == b"text/event-stream" or b"cache-control" in values:
            return None  # a client that says how to cache wants an answer of its own
        if not options_of(values.get(b"connection", b"")).isdisjoint(KEYED):
            return None  # the backend won't see that header, so the answer is not for its key
        key = key_of(target, values)
        if key in self._unstorable:
            return None
        found = self._open.get(key)
        if found is not None:
            return found
        return SharedRead(self, key)

    def changed(self) -> None:
        """Something has been written, or an event tells of it: what was asked before may be outdated."""
        self._open.clear()
        self._unstorable.clear()
        self.cache.expire()

    def session_found(self) -> None:
        """Keep what is there: it is all of the user who is found to be signed in."""
        self._signed_in = True

    def session_changed(self, signed_in: bool) -> None:
        """Forget everything. What is still on its way to an earlier session is not kept; the first questions
        of a process may be older than its session, and are.
        """
        self._open.clear()
        self._unshareable.clear()
        self._unstorable.clear()
        self.cache.clear(new_generation=self._signed_in)
        self._signed_in = signed_in

    def must_not_store(self, key: Key) -> None:
        """Let the next requests of this kind go alone at once."""
        if len(self._unstorable) < REMEMBERED:
            self._unstorable.add(key)

    def must_not_share(self, key: Key) -> None:
        """Let nobody wait for the next answer of this kind: it would be in vain."""
        self._unshareable[key] = None
        if len(self._unshareable) > REMEMBERED:
            self._unshareable.popitem(last=False)

    def may_share(self, key: Key) -> None:
        """Take that back: the latest answer could be given to all."""
        self._unshareable.pop(key, None)

    def opened(self, read: SharedRead) -> None:
        """Let others join from now on."""
        if read.key not in self._unshareable:
            self._open[read.key] = read

    def closed(self, read: SharedRead) -> None:
        """Let nobody join any more."""
        if self._open.get(read.key) is read:
            del self._open[read.key]


class SharedRead:
    """One question to the backend. Its first asker leads: it passes the answer on as it comes, and this keeps
    a copy for those who follow and for later.
    """

    __slots__ = (
        "_asked_at",
        "_followers",
        "_generation",
        "_head",
        "_parts",
        "_reads",
        "_size_bytes",
        "key",
        "led",
        "stored",
    )

    def __init__(self, reads: Reads, key: Key) -> None:
        self._reads = reads
        self.key = key
        self.stored: Entry | None = reads.cache.find(key)
        self.led = False
        self._generation = reads.cache.generation
        self._asked_at = reads.cache.now()
        self._followers: list[Follower] = []
        self._head: AnswerHead | None = None
        self._parts: list[bytes] | None = None
        self._size_bytes = 0

    def fresh(self) -> Entry | None:
        """Give the stored answer if it needs no question."""
        return self.stored if self.stored is not None and self._reads.cache.is_fresh(self.stored) else None

    def lead(self) -> None:
        """Ask for all."""
        self.led = True
        self._reads.opened(self)

    def asked(self) -> list[RawHeader]:
        """Note that the question goes out now. Gives the headers that make the backend compare its answer
        with the stored one instead of sending it again.
        """
        self._asked_at = self._reads.cache.now()
        if self._generation != self._reads.cache.generation:
            self.stored = None
        return [] if self.stored is None else self.stored.validators()

    def follow(self, follower: Follower) -> None:
        """Wait for the answer that has been asked for."""
        self._followers.append(follower)

    def leave(self, follower: Follower) -> None:
        """Wait no more."""
        if follower in self._followers:
            self._followers.remove(follower)

    @property
    def wanted(self) -> bool:
        """Tell whether anybody but the leader waits."""
        return bool(self._followers)

    def is_mistaken(self, head: AnswerHead) -> bool:
        """Tell whether it is a 304 for something else than what is stored. Then that is forgotten."""
        if head.status != 304 or self.stored is None or self.stored.is_meant_by(head):
            return False
        self._reads.cache.drop(self.key)
        self._close()
        return True

    def head_came(self, head: AnswerHead) -> Entry | None:
        """Note the head. A 304 gives the stored answer as it is now: the leader passes that on."""
        reads = self._reads
        if head.status == 304 and self.stored is not None:
            entry = reads.cache.validated(self.key, self.stored, head, self._asked_at)
            if forbids_storing(head):
                reads.cache.drop(self.key)
            self._answer_all(entry)
            return entry
        self._head = head
        if may_store(head):
            self._parts = []
            if head.length is None:
                # It may never end: nobody waits for it, though it is kept if it turns out small.
                self._go_alone()
        elif is_passing(head):
            self._close()
        else:
            self._forget(head)
        return None

    def body_came(self, data: bytes) -> None:
        """Copy a part of the body."""
        if self._parts is not None:
            self._parts.append(data)
            self._size_bytes += len(data)
            if self._size_bytes > ANSWER_BYTES:
                self._parts = None
                self._reads.cache.drop(self.key)
                self._go_alone()

    def body_ended(self) -> None:
        """Keep the whole answer, and give it to all who wait."""
        cache, head = self._reads.cache, self._head
        if self._parts is None or head is None or cache.generation != self._generation:
            self._close()
            return
        if head.length is not None:
            self._reads.may_share(self.key)
        self._answer_all(cache.store(self.key, head, b"".join(self._parts), self._asked_at))

    def failed(self) -> None:
        """Let everybody ask for themselves."""
        self._close()

    def _answer_all(self, entry: Entry) -> None:
        followers, self._followers = self._followers, []
        self._reads.closed(self)
        for follower in followers:
            follower.answer_whole(entry)

    def _forget(self, head: AnswerHead) -> None:
        """Take an answer that is for nobody else: what was stored is not what the backend says any more."""
        self._reads.cache.drop(self.key)
        if head.status != 200:
            self._close()
            return
        if forbids_storing(head):
            self._reads.must_not_store(self.key)
        self._go_alone()

    def _go_alone(self) -> None:
        self._reads.must_not_share(self.key)
        self._close()

    def _close(self) -> None:
        followers, self._followers = self._followers, []
        self._reads.closed(self)
        for follower in followers:
            follower.begin_alone()
