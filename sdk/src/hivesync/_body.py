"""An answer's body out of the bytes that arrive, up to what a caller's memory can take. Does no I/O.

Unpacks by itself: httpx gives a packed piece unpacked as a whole, and 64 KB of it can hold gigabytes.
"""

from __future__ import annotations

import zlib

from hivesync._errors import AnswerTooLong, ResponseInvalid

ANSWER_MAX_BYTES = 16 * 1024 * 1024
"""As much as the agent takes of a backend's answer to its own calls."""

ENCODINGS = "gzip"
"""What `Accept-Encoding` asks for, and the only packing that is unpacked."""

_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class Body:
    """Feed it what arrives; `whole` gives all of it at the end."""

    def __init__(self, encoding: str) -> None:
        """Take the answer's `Content-Encoding`; raise `ResponseInvalid` for one that was not asked for."""
        packing = encoding.strip().lower()
        if packing not in ("", "identity", "gzip"):
            raise ResponseInvalid(f"The answer is packed as {packing!r}, which nobody asked for.", status=502)
        self._gzip = zlib.decompressobj(_GZIP_WINDOW) if packing == "gzip" else None
        self._content = bytearray()

    def feed(self, piece: bytes) -> None:
        """Take more bytes; raise `AnswerTooLong`, or `ResponseInvalid` for what can't be unpacked."""
        self._content += piece if self._gzip is None else self._unpacked(self._gzip, piece)
        if len(self._content) > ANSWER_MAX_BYTES:
            raise AnswerTooLong

    def whole(self) -> bytes:
        """Give the body; raise `ResponseInvalid` if its packing ends too early, or something follows it."""
        if self._gzip is not None and self._content and (not self._gzip.eof or self._gzip.unused_data):
            raise _unreadable()
        return bytes(self._content)

    def _unpacked(self, gzip: zlib._Decompress, piece: bytes) -> bytes:
        try:
            return gzip.decompress(piece, ANSWER_MAX_BYTES + 1 - len(self._content))
        except zlib.error as exc:
            raise _unreadable() from exc


def _unreadable() -> ResponseInvalid:
    return ResponseInvalid("The answer can't be read: its gzip is broken.", status=502)
