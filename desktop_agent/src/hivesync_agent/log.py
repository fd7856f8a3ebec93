"""The agent's log: one JSON object per line, rotating, 0600. Refuses to hold what a reader must not have.

Callers log a constant message and fields; no call logs a query string, a header or a body. The filter is
the second line of defence, for what an exception's text may carry.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, TextIO

from hivesync.private_files import private_folder

LOG_BYTES = 2 * 1024 * 1024
LOG_FILES = 3
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}

request_id_of_task: ContextVar[str] = ContextVar("request_id", default="")

_SECRETS = [
    # User and password of an address, such as a proxy's.
    (re.compile(r"(\b[A-Za-z][A-Za-z0-9+.-]*://)[^\s/?#\"']*@"), r"\1[secret]@"),
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 [secret]"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?"), "[jwt]"),
    # Discovery tokens are 43 url-safe characters; refresh tokens and API keys are not shorter.
    (re.compile(r"[A-Za-z0-9_-]{40,}"), "[secret]"),
    (re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}"), r"\1***@***"),
    (
        re.compile(
            r"(?i)(password|passwd|secret|token|api[_-]?key)(\\?[\"']?\s*[:=]\s*\\?[\"']?)[^\s\"'&,}\\]+"
        ),
        r"\1\2[secret]",
    ),
    (re.compile(r"(https?://[^\s?#\"']*)[?#][^\s\"']*"), r"\1?[query]"),
]


def redact(text: str) -> str:
    """Take tokens, authorization values, addresses of people and query strings out of a text."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class JsonLines(logging.Formatter):
    """Writes a record as one redacted JSON line, with its fields and the request's id."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := request_id_of_task.get():
            line["request_id"] = request_id
        line.update({name: value for name, value in record.__dict__.items() if name not in _STANDARD})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: _plain(value) for name, value in line.items()})


def _plain(value: object) -> object:
    return value if isinstance(value, (bool, int, float)) or value is None else redact(str(value))


class PrivateLog(RotatingFileHandler):
    """A rotating file that nobody else may read, from its first byte on."""

    def __init__(self, path: Path) -> None:
        private_folder(path.parent)
        super().__init__(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True)

    def _open(self) -> TextIO:  # type: ignore[override]
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        return os.fdopen(os.open(self.baseFilename, flags, 0o600), "a", encoding="utf-8")


class QueuedLines(QueueHandler):
    """Makes the line where the record arises, since the request's id is known there, and leaves the
    writing to another thread: a slow disk must not hold requests up."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Give a record that is the finished line."""
        line = {"msg": JsonLines().format(record), "levelno": record.levelno, "levelname": record.levelname}
        return logging.makeLogRecord(line)


@contextlib.contextmanager
def logging_to(path: Path, level: str = "INFO") -> Iterator[None]:
    """Send everything to the file, and warnings to the terminal where there is one, until the block ends."""
    handlers: list[logging.Handler] = [PrivateLog(path)]
    if sys.stderr is not None and sys.stderr.isatty():
        terminal = logging.StreamHandler()
        terminal.setLevel(logging.WARNING)
        handlers.append(terminal)
    queue: SimpleQueue[logging.LogRecord] = SimpleQueue()
    listener = QueueListener(queue, *handlers, respect_handler_level=True)
    logging.basicConfig(level=level, handlers=[QueuedLines(queue)], force=True)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    listener.start()
    try:
        yield
    finally:
        listener.stop()


def tail(path: Path, lines: int) -> list[str]:
    """Give the last lines of a log, redacted once more: an older release may have written them.

    Whole lines only: what is left of a secret that was cut in two would not look like one.
    """
    try:
        with path.open("rb") as file:
            content = _last_lines(file, lines)
    except FileNotFoundError:
        return []
    return (
        [redact(line) for line in content.decode("utf-8", "replace").splitlines()[-lines:]] if lines else []
    )


def _last_lines(file: BinaryIO, lines: int) -> bytes:
    end, span = file.seek(0, os.SEEK_END), max(1, lines) * 400
    while True:
        start = max(0, end - span)
        file.seek(start)
        content = file.read(end - start)
        if start == 0:
            return content
        whole = content.partition(b"\n")[2]
        if whole.count(b"\n") >= lines:
            return whole
        span *= 4
