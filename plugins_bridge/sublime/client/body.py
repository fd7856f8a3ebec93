"""Reads an answer's body, up to what an editor can take."""

from __future__ import annotations

import http.client

from .errors import TOO_LONG, HiveSyncError

ANSWER_MAX_BYTES = 16 * 1024 * 1024
"""As much as the agent takes of a backend's answer: nobody means to show more of it."""
_PIECE_BYTES = 65_536


def read_body(response: http.client.HTTPResponse) -> bytes:
    """Give the whole body; raise `HiveSyncError` if it is too long, else what the connection raises."""
    declared = response.length
    if declared is not None and declared > ANSWER_MAX_BYTES:
        raise _too_long()
    if declared is not None:
        return response.read()  # one that breaks off is an error only where it is read at once
    body = bytearray()
    while True:
        piece = response.read(_PIECE_BYTES)
        body += piece
        if len(body) > ANSWER_MAX_BYTES:
            raise _too_long()
        if not piece:
            return bytes(body)


def _too_long() -> HiveSyncError:
    return HiveSyncError(TOO_LONG, "The answer is longer than an editor can take.")
