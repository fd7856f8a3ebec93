"""Server-sent events that survive a lost connection. Gaps are never silent: they give a `reset`."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import threading
import time
from typing import Any, Callable, Dict, Iterator

from .call import DIRECT, PROXY, new_call
from .discovery import Stamp
from .errors import AgentUnusable, HiveSyncError, problem
from .session import Session

_SILENCE_SECONDS = 45.0
"""Three missed keep-alive comments."""
_LOOK_SECONDS = 0.5
_PAUSE_FIRST_SECONDS = 0.2
_PAUSE_LAST_SECONDS = 30.0
_LINE_BYTES = 16 * 1024 * 1024

Event = Dict[str, Any]


class EventStream:
    """Runs in a thread of its own until it is stopped. `hear` gets `{"id", "type", "data"}`."""

    def __init__(self, session: Session, hear: Callable[[Event], None]) -> None:
        self._session = session
        self._hear = hear
        self._stop = threading.Event()
        self._last_id = ""
        self._way = ""
        self._pause_seconds = _PAUSE_FIRST_SECONDS
        self._sock: socket.socket | None = None
        self._stamp: Stamp | None = None
        self._heard_at = 0.0

    def stop(self) -> None:
        """End it, also while it waits for the next event."""
        self._stop.set()
        self._cut()

    def run(self, settled: Callable[[HiveSyncError | None], None] = lambda error: None) -> None:
        """Connect, read and connect anew, until `stop`; `settled` hears how the first connection went."""
        tell = _first(settled)
        while not self._stop.is_set():
            try:
                self._once(tell)
            except HiveSyncError as error:
                tell(error)
            self._pause()

    def _pause(self) -> None:
        """Wait, longer each time; an agent that has come or gone ends it: with it, all is different."""
        end = time.monotonic() + self._pause_seconds * (0.5 + random.random())  # noqa: S311 - jitter
        self._pause_seconds = min(self._pause_seconds * 2, _PAUSE_LAST_SECONDS)
        while time.monotonic() < end and self._session.agent.stamp() == self._stamp:
            if self._stop.wait(min(_LOOK_SECONDS, max(0.0, end - time.monotonic()))):
                return

    def _once(self, tell: Callable[[HiveSyncError | None], None]) -> None:
        connection, response, way = self._connect()
        try:
            if response.status != 200:
                raise _refusal(response)
            if self._way and way != self._way:
                # Agent and backend number their events apart: an id says nothing to the other one.
                self._last_id = ""
                self._hear({"id": "", "type": "reset", "data": None})
            self._way = way
            tell(None)
            self._read(response)
        finally:
            self._sock = None
            connection.close()

    def _connect(self) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse, str]:
        self._stamp = self._session.agent.stamp()
        try:
            way, path, send = PROXY, "/v1/events", self._session.agent.stream
            connection, response = send(self._call(path, way), _SILENCE_SECONDS)
        except AgentUnusable:
            way, path, send = DIRECT, "/api/v1/events", self._session.direct.stream
            connection, response = send(self._call(path, way), _SILENCE_SECONDS)
        self._sock = connection.sock or _socket_of(response)
        return connection, response, way

    def _call(self, path: str, way: str) -> Any:
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if self._last_id and way == self._way:
            headers["Last-Event-ID"] = self._last_id
        return new_call("GET", path, headers=headers)

    def _read(self, response: http.client.HTTPResponse) -> None:
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(over,), daemon=True, name="hivesync-watch")
        watcher.start()
        try:
            for event in parse(self._lines(response)):
                self._last_id = event["id"] or self._last_id
                self._pause_seconds = _PAUSE_FIRST_SECONDS
                self._hear(event)
        except (OSError, http.client.HTTPException, ValueError):
            return  # the connection was lost, which is what `run` is for
        finally:
            over.set()

    def _lines(self, response: http.client.HTTPResponse) -> Iterator[str]:
        while not self._stop.is_set():
            self._heard_at = time.monotonic()
            line = response.readline(_LINE_BYTES)
            if not line:
                return
            yield line.decode("utf-8", "replace").rstrip("\r\n")

    def _watch(self, over: threading.Event) -> None:
        """Break a direct stream off as soon as an agent is there, and one of an agent that has gone."""
        while not over.wait(_LOOK_SECONDS):
            silent = time.monotonic() - self._heard_at > _SILENCE_SECONDS
            if self._stop.is_set() or silent or self._session.agent.stamp() != self._stamp:
                self._pause_seconds = _PAUSE_FIRST_SECONDS
                self._cut()
                return

    def _cut(self) -> None:
        sock = self._sock
        if sock is not None:
            with contextlib.suppress(OSError):  # closed in the same moment
                sock.shutdown(socket.SHUT_RDWR)


def parse(lines: Iterator[str]) -> Iterator[Event]:
    """Give the events of the lines, by the rules of the WHATWG; one that is not JSON is left out."""
    kind, event_id = "", ""
    data: list[str] = []
    for line in lines:
        if line == "":
            if data:
                event = _event(event_id, kind or "message", "\n".join(data))
                if event is not None:
                    yield event
            kind, data = "", []
            continue
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "event":
            kind = value
        elif name == "data":
            data.append(value)
        elif name == "id" and "\0" not in value:
            event_id = value


def _first(hear: Callable[[HiveSyncError | None], None]) -> Callable[[HiveSyncError | None], None]:
    """Give a function that passes on what it hears first, and nothing later."""
    untold = [hear]
    return lambda error: untold.pop()(error) if untold else None


def _event(event_id: str, kind: str, text: str) -> Event | None:
    try:
        return {"id": event_id, "type": kind, "data": json.loads(text)}
    except (ValueError, RecursionError):
        return None


def _refusal(response: http.client.HTTPResponse) -> HiveSyncError:
    headers = {name.lower(): value for name, value in response.getheaders()}
    try:
        body = json.loads(response.read(65_536).decode("utf-8"))
    except (OSError, http.client.HTTPException, ValueError):
        body = None
    return problem(response.status, body, headers)


def _socket_of(response: http.client.HTTPResponse) -> socket.socket | None:
    """Give the socket of an answer whose connection closes after it, and so has let go of it."""
    raw = getattr(response.fp, "raw", None)
    return getattr(raw, "_sock", None)
