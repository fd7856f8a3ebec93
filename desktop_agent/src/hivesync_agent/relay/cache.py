"""A small private cache (RFC 9111) of what the backend answered to the one user who is signed in.

Refuses to mix: it is emptied whenever the session changes, its file names its owner, and nothing is found
for another. Refuses what must not be kept (`no-store`), what depends on headers that are not part of the
key, and what is large. While the backend is away it answers even what is marked `no-cache`: a departure from
RFC 9111 §5.2.2.4 that every such answer admits by its `X-HiveSync-Offline`.
"""

from __future__ import annotations

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import mktime_tz, parsedate_tz

from hivesync_agent.relay.headers import answer_headers
from hivesync_agent.relay.stored import StoredAnswer
from hivesync_agent.wire.messages import AnswerHead, RawHeader, by_name, options_of

ANSWER_BYTES = 256 * 1024
TOTAL_BYTES = 4 * 1024 * 1024
_ENTRY_BYTES = 500
_HEADER_BYTES = 150
"""What an answer and each of its headers take besides their text: small answers are mostly that."""

KEYED = (b"accept", b"accept-encoding", b"accept-language", b"prefer")
"""The request headers that tell one stored answer from another."""

_CONSTANT = frozenset({b"authorization", b"cookie", b"origin"})
"""May stand in `Vary`: the first is the session's own, the others are never sent."""

_MAX_AGE = re.compile(rb"max-age=\"?(\d{1,9})")
_REPLACED_BY_304 = frozenset({b"content-length", b"content-encoding", b"content-type", b"content-range"})
"""Describe the stored body, so a 304 does not change them (RFC 9111 §3.2)."""

_PASSING = frozenset({401, 408, 425, 429})

Key = tuple[str, tuple[bytes | None, ...]]


def key_of(target: str, values: Mapping[bytes, bytes]) -> Key:
    """Give the key of a request; `values` are its headers by lower-case name."""
    return target, tuple([values.get(name) for name in KEYED])


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored 200. Times are seconds since 1970: an entry outlives the process."""

    headers: tuple[RawHeader, ...]
    body: bytes
    etag: bytes | None
    stored_at: float
    fresh_seconds: int

    def validators(self) -> list[RawHeader]:
        """Give the headers that let the backend say whether it is still right (RFC 9111 §4.3.1)."""
        if self.etag is not None:
            return [(b"If-None-Match", self.etag)]
        values = by_name(self.headers)
        modified, made = values.get(b"last-modified"), values.get(b"date")
        # Within the second of its making a resource may have changed once more (RFC 9110 §8.8.2.2).
        if modified is None or made is None or not _seconds(modified) < _seconds(made):
            return []
        return [(b"If-Modified-Since", modified)]

    def is_meant_by(self, head: AnswerHead) -> bool:
        """Tell whether a 304 can be about it: one that names another version is not (RFC 9111 §4.3.4)."""
        etag = head.header(b"etag")
        return etag is None or self.etag is None or etag.removeprefix(b"W/") == self.etag.removeprefix(b"W/")


def _size_bytes(key: Key, entry: Entry) -> int:
    """Give the memory that an answer and its key take, rather too much than too little."""
    target, values = key
    text = len(target) + sum(len(value) for value in values if value is not None)
    head = sum(len(name) + len(value) + _HEADER_BYTES for name, value in entry.headers)
    return _ENTRY_BYTES + text + head + len(entry.body)


class PrivateCache:
    """Holds `TOTAL_BYTES`; the least recently used answers go first."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._size_bytes = 0
        self._valid_since = 0.0
        self.generation = 0
        """Grows when a session ends: what was asked in it is not stored any more."""
        self.version = 0
        """Grows with every change; who writes the cache to disk compares it."""

    def now(self) -> float:
        """Give the time that entries count by."""
        return self._clock()

    def find(self, key: Key) -> Entry | None:
        """Give what was answered last, however old it is."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def is_fresh(self, entry: Entry) -> bool:
        """Tell whether it may be given without asking: by its own words, and if nothing was written since."""
        age = self._clock() - entry.stored_at
        return entry.stored_at >= self._valid_since and 0 <= age < entry.fresh_seconds

    def answer(self, entry: Entry) -> StoredAnswer:
        """Give an entry as an answer, with the time since it was last validated."""
        return StoredAnswer(200, entry.headers, entry.body, max(0, int(self._clock() - entry.stored_at)))

    def store(self, key: Key, head: AnswerHead, body: bytes, asked_at: float) -> Entry:
        """Keep an answer that `may_store` has let pass. Its age counts from the question: what was written
        meanwhile may not be in it.
        """
        headers = tuple(
            header for header in answer_headers(head.headers) if header[0].lower() != b"content-length"
        )
        control = head.header(b"cache-control") or b""
        stored_at = asked_at - _upstream_age(head)
        entry = Entry(headers, body, head.header(b"etag"), stored_at, _freshness(control))
        self._put(key, entry)
        return entry

    def validated(self, key: Key, entry: Entry, head: AnswerHead, asked_at: float) -> Entry:
        """Take what a 304 says of a stored answer, and give the answer as it is now (RFC 9111 §4.3.4)."""
        fresh = [
            header for header in answer_headers(head.headers) if header[0].lower() not in _REPLACED_BY_304
        ]
        names = {name.lower() for name, _ in fresh}
        kept = [header for header in entry.headers if header[0].lower() not in names]
        control = head.header(b"cache-control")
        updated = replace(
            entry,
            headers=(*kept, *fresh),
            stored_at=asked_at - _upstream_age(head),
            fresh_seconds=entry.fresh_seconds if control is None else _freshness(control),
        )
        if self._entries.get(key) is entry:
            self._put(key, updated)
        return updated

    def drop(self, key: Key) -> None:
        """Forget what was answered: it is not so any more, or must not be kept any more."""
        before = self._entries.pop(key, None)
        if before is not None:
            self._size_bytes -= _size_bytes(key, before)
            self.version += 1

    def expire(self) -> None:
        """Ask before anything is given again: something has been written, here or elsewhere."""
        self._valid_since = self._clock()

    def clear(self, *, new_generation: bool) -> None:
        """Forget everything: somebody has signed in or out."""
        self._entries.clear()
        self._size_bytes = 0
        self.generation += new_generation
        self.version += 1

    def entries(self) -> Sequence[tuple[Key, Entry]]:
        """Give everything, the least recently used first."""
        return list(self._entries.items())

    def restore(self, entries: Iterable[tuple[Key, Entry]]) -> None:
        """Take what an earlier run has kept; what is here already is newer."""
        for key, entry in entries:
            if key not in self._entries:
                self._put(key, entry)

    def lookup(self, method: str, target: str, headers: Sequence[RawHeader] = ()) -> StoredAnswer | None:
        """Give what was last answered, fresh or stale; `headers` are the request's own, for `Vary`."""
        if method != "GET":
            return None
        entry = self.find(key_of(target, by_name(headers)))
        return None if entry is None else self.answer(entry)

    def _put(self, key: Key, entry: Entry) -> None:
        self.drop(key)
        self._size_bytes += _size_bytes(key, entry)
        self._entries[key] = entry
        while self._size_bytes > TOTAL_BYTES:
            self._size_bytes -= _size_bytes(*self._entries.popitem(last=False))
        self.version += 1


def may_store(head: AnswerHead) -> bool:
    """Tell whether an answer to a plain GET may be kept (RFC 9111 §3)."""
    if head.status != 200 or (head.length or 0) > ANSWER_BYTES:
        return False
    if forbids_storing(head) or is_passing(head):
        return False
    if _media_type(head) == b"text/event-stream":
        return False
    if b"vary" not in head.values:
        return True
    vary = [value for name, value in head.headers if name.lower() == b"vary"]
    return all(options_of(value) <= _CONSTANT.union(KEYED) for value in vary)


def forbids_storing(head: AnswerHead) -> bool:
    """Tell whether the answer itself says that nobody may keep it (RFC 9111 §5.2.2.5)."""
    return b"no-store" in (head.header(b"cache-control") or b"").lower()


def is_passing(head: AnswerHead) -> bool:
    """Tell whether an answer is about the moment, not about what was asked for: a failure, a limit, a token
    that has ended; or a redirect or a page, of which the backend's API has none.
    """
    status = head.status
    is_from_between = 300 <= status < 400 or _media_type(head) == b"text/html"
    return status >= 500 or status in _PASSING or is_from_between


def _media_type(head: AnswerHead) -> bytes:
    return (head.header(b"content-type") or b"").partition(b";")[0].strip().lower()


def _seconds(http_date: bytes) -> float:
    """Give seconds since 1970, or a number that compares with nothing."""
    parts = parsedate_tz(http_date.decode("latin-1"))
    try:
        return math.nan if parts is None else mktime_tz(parts)
    except (ValueError, OverflowError):
        return math.nan


def _freshness(control: bytes) -> int:
    control = control.lower()
    found = _MAX_AGE.search(control)
    return int(found[1]) if found and b"no-cache" not in control else 0


def _upstream_age(head: AnswerHead) -> int:
    value = head.header(b"age") or b"0"
    return int(value) if value.isdigit() else 0
