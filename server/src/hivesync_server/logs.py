"""JSON logs: a constant message with variables as fields. Never a body, a token, a query or a whole email."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Id of the request that is being answered; empty in background work."""

traceparent: ContextVar[str] = ContextVar("traceparent", default="")
"""What is traced now, as W3C Trace Context writes it; empty where nothing is."""

USER_ID = "user_id"
"""Where a request's state keeps the id of who makes it, for its line in the log."""

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}


class JsonFormatter(logging.Formatter):
    """One line of JSON per record."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line; fields passed as `extra` stand beside the message."""
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if current := request_id.get():
            entry["request_id"] = current
        if current := traceparent.get():
            _, entry["trace_id"], entry["span_id"], _ = current.split("-")
        entry.update({name: value for name, value in record.__dict__.items() if name not in _STANDARD})
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


class TextFormatter(JsonFormatter):
    """The same for people: `12:30:59 INFO request method=GET status=200`."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line; a traceback follows on lines of its own."""
        entry = json.loads(super().format(record))
        at, level, _, message = (str(entry.pop(name)) for name in ("at", "level", "logger", "message"))
        trace = entry.pop("exception", "")
        fields = [f"{name}={value}" for name, value in entry.items()]
        line = " ".join([at[11:19], f"{level:<7}", message, *fields])
        return f"{line}\n{trace}" if trace else line


def configure(level: str, as_text: bool = False) -> None:
    """Send everything to stderr, as JSON unless people read it: our own messages from `level` on, those of
    libraries from WARNING.

    Libraries tell too much at lower levels: the database driver logs every parameter.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextFormatter() if as_text else JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("hivesync_server").setLevel(level)
    logging.getLogger("uvicorn.error").setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    # Ours replaces it: uvicorn's shows queries.
    logging.getLogger("uvicorn.access").disabled = True


def masked_email(address: str) -> str:
    """Give enough of an address to recognise it by, and no more: `a…@example.com`."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}…{at}{domain}"
