"""Server-sent events out of bytes, as the WHATWG's standard reads them (HTML, §9.2.6). Does no I/O.

Lines end at CR, LF or both, and nowhere else: `str.splitlines` would break texts at U+2028. A retry time is
left aside, since the reader backs off by itself.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from hivesync._errors import AnswerTooLong

_EVENT_MAX_CHARACTERS = 16 * 1024 * 1024
"""A stream whose event has no end must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event. `id` is that of the last event that had one."""

    id: str
    type: str
    data: str


class EventParser:
    """Feed it what arrives; it gives each event when its blank line has come."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._line: list[str] = []
        self._carriage_return = ""
        self._id = ""
        self._type = ""
        self._data: list[str] = []
        self._held_characters = self._line_characters = 0

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """Take bytes that may end anywhere; raise `AnswerTooLong` for an event without end."""
        text = self._carriage_return + self._decoder.decode(chunk)
        # A CR may be the first half of a line's end.
        self._carriage_return, text = ("\r", text[:-1]) if text.endswith("\r") else ("", text)
        *ends, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for end in ends:
            # Joined once: a long line that comes in many parts is not read anew with each of them.
            line = "".join((*self._line, end))
            self._line, self._line_characters = [], 0
            if line:
                self._take(line)
            elif message := self._finished():
                yield message
        if rest:
            self._line.append(rest)
            self._line_characters += len(rest)
        if self._held_characters + self._line_characters > _EVENT_MAX_CHARACTERS:
            raise AnswerTooLong

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._type = value
            case "data":
                self._data.append(value)
                self._held_characters += len(value) + 1
            case "id" if "\0" not in value:
                self._id = value

    def _finished(self) -> Message | None:
        data, kind = self._data, self._type
        self._data, self._type, self._held_characters = [], "", 0
        return Message(self._id, kind or "message", "\n".join(data)) if data else None
