"""What is sent to a client, and the end of one that leaves it lying.

Progress counts, not time: who takes a byte now and then (a forwarded port on a slow line) is waited for, who
takes nothing would hold its connection, and the backend's behind it, for ever.
"""

from __future__ import annotations

import asyncio

from hivesync_agent.wire.messages import WRITE_BYTES
from hivesync_agent.wire.unsent import unsent_bytes
from hivesync_agent.wire.watch import Watch

STALLED_SECONDS = 60.0
"""Longest that a client may take nothing of what waits for it."""
_LOOKS = 2
"""When this process itself was held up, the first look comes before the client had its chance."""


class Delivery:
    """The sending half of one connection."""

    __slots__ = ("_looks", "_taken_bytes", "_transport", "_watch", "_written_bytes")

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._watch = Watch(loop, self._check)
        self._written_bytes = self._taken_bytes = self._looks = 0
        transport.set_write_buffer_limits(WRITE_BYTES)

    def write(self, data: bytes) -> None:
        """Send bytes, or let them wait."""
        self._written_bytes += len(data)
        self._transport.write(data)

    def end(self) -> None:
        """Say that nothing more comes; what waits is still sent."""
        self._transport.write_eof()
        self.press()

    def close(self) -> None:
        """Close the connection when everything has been taken."""
        self._transport.close()
        self.press()

    def press(self) -> None:
        """From here on the client must take a part of what waits, again and again."""
        if self._transport.get_write_buffer_size():
            self._taken_bytes = self._taken()
            self._looks = 0
            self._watch.set(STALLED_SECONDS / _LOOKS)

    def relax(self) -> None:
        """It has taken enough to be sent more."""
        self._watch.clear()

    def stop(self) -> None:
        """The connection is gone."""
        self._watch.stop()

    def _check(self) -> None:
        if not self._transport.get_write_buffer_size() or self._taken() != self._taken_bytes:
            self.press()
            return
        self._looks += 1
        if self._looks == _LOOKS:
            self._transport.abort()
        else:
            self._watch.set(STALLED_SECONDS / _LOOKS)

    def _taken(self) -> int:
        waiting = self._transport.get_write_buffer_size()
        return self._written_bytes - waiting - unsent_bytes(self._transport.get_extra_info("socket"))
