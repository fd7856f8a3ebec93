"""The lines of JSON that a driver of the SDK reads and writes."""

from __future__ import annotations

import json
import os
from typing import Any

import msgspec
from hivesync import Event, HiveSyncError, Response


def address() -> tuple[str, int]:
    """Give where the runner listens."""
    host, _, port = os.environ["HIVESYNC_CONFORMANCE_ADDRESS"].partition(":")
    return host, int(port)


def read(line: bytes) -> dict[str, Any]:
    """Give what the runner asks for."""
    request: dict[str, Any] = json.loads(line)
    return request


def encoded(message: dict[str, Any]) -> bytes:
    """Give a line."""
    return msgspec.json.encode(message) + b"\n"


def response_line(response: Response) -> dict[str, Any]:
    """Tell an answer, whatever its status."""
    try:
        body = json.loads(response.body) if response.body else None
    except ValueError:
        body = response.body.decode("utf-8", "replace")
    return {"status": response.status, "body": body}


def error_line(error: Exception) -> dict[str, Any]:
    """Tell what was raised."""
    code = str(error.code) if isinstance(error, HiveSyncError) else type(error).__name__
    return {"error": {"code": code, "message": str(error)}}


def event_line(event: Event) -> dict[str, Any]:
    """Tell an event."""
    return {"event": {"id": event.id, "type": event.type, "data": event.data}}
