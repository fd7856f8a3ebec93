"""A line of the agent's log for people, and as an object. One that is no JSON object stays as it is."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from hivesync_agent.cli.printable import printable

_HEAD = ("time", "level", "logger", "message", "exception")


def as_object(line: str) -> dict[str, Any]:
    """Give a line's object; one of a crash that is no JSON is its `message`."""
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"message": line}


def readable(line: str) -> str:
    """Give a line as `2026-11-26 16:33:30 warning gate: too many connections (open=512)`, in local time."""
    entry = as_object(line)
    head = [
        _local(entry.get("time")),
        entry.get("level"),
        str(entry.get("logger", "")).removeprefix("hivesync."),
    ]
    told = " ".join(str(each) for each in head if each)
    fields = ", ".join(f"{name}={value}" for name, value in entry.items() if name not in _HEAD)
    text = f"{told}: " if told else ""
    text += f"{entry.get('message', '')}{f' ({fields})' if fields else ''}"
    if exception := entry.get("exception"):
        text += f"\n{exception}"
    return printable(text)


def _local(time: object) -> str:
    try:
        return datetime.fromisoformat(str(time)).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return ""
