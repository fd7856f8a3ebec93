"""The way to this machine's agent. Follows its restarts; never uses a proxy."""

from __future__ import annotations

import http.client
import socket
import threading
import time

from .body import read_body
from .call import PROXY, Answer, Call
from .discovery import ABSENT, ELSEWHERE, STALE, Discovery, Stamp, read_discovery, stamp_of
from .errors import AgentUnusable, HiveSyncError, Offline
from .proof import PREFIX, open_proven
from .version import CLIENT, PROTOCOL

READ_SECONDS = 75.0
"""Longer than the agent itself waits for the backend."""
_IDLE_SECONDS = 30.0
_IDLE_MAX = 4
_OF_THIS_MACHINE = ("/v1/previews", "/v1/projects", "/v1/ai-docs", "/v1/support-bundle", "/v1/shutdown")

Connection = http.client.HTTPConnection


class AgentLink:
    """Sends calls to whichever agent the discovery file names now. Threads may share it.

    `serving`: the one backend that it must serve; empty if any is meant.
    """

    def __init__(self, path: str, serving: str) -> None:
        self._path = path
        self._serving = serving
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._found: Discovery | None = None
        self._idle: list[tuple[float, Connection]] = []
        self._is_closed = False

    def stamp(self) -> Stamp | None:
        """Give what tells the discovery file of now from earlier ones; None without a file."""
        return stamp_of(self._path)

    def send(self, call: Call) -> Answer:
        """Send the call and read its answer; raise `AgentUnusable` if no agent has done it."""
        answer = self._send_once(call)
        if answer.status == 401 and "x-hivesync-agent" in answer.headers and _code(answer) == "AUTH_INVALID":
            # Its own refusal, not the backend's: it was restarted a moment ago.
            self.forget()
            answer = self._send_once(call)
            if answer.status == 401 and _code(answer) == "AUTH_INVALID":
                raise AgentUnusable(STALE, "The agent does not accept its own discovery file; restart it.")
        return answer

    def check(self) -> Discovery:
        """Prove that the agent can be used, without a call; raise `AgentUnusable`."""
        found = self._current()
        self._keep(found, self._take(found) or open_proven(found, READ_SECONDS))
        return found

    def stream(self, call: Call, read_seconds: float) -> tuple[Connection, http.client.HTTPResponse]:
        """Send the call on a connection of its own and give the open answer; the caller closes it."""
        found = self._current()
        connection = open_proven(found, read_seconds)
        try:
            return connection, _exchange(connection, call, found)
        except (OSError, http.client.HTTPException):
            connection.close()
            raise AgentUnusable(STALE, "The agent has ended.") from None

    def close(self) -> None:
        """Close all connections, and those in use as soon as their answer is there."""
        self._is_closed = True
        self.forget()

    def forget(self) -> None:
        """Drop what is known of the agent, and all connections."""
        with self._lock:
            idle, self._idle, self._found, self._stamp = self._idle, [], None, None
        for _, connection in idle:
            connection.close()

    def _send_once(self, call: Call) -> Answer:
        found = self._current()
        _check_reach(found, call)
        kept = self._take(found)
        if kept is not None:
            try:
                return self._done(found, kept, call)
            except AgentUnusable:
                # An idle connection may have ended long ago; that says nothing about the agent.
                self.forget()
                found = self._current()
        return self._done(found, open_proven(found, READ_SECONDS), call)

    def _done(self, found: Discovery, connection: Connection, call: Call) -> Answer:
        try:
            response = _exchange(connection, call, found)
            body = read_body(response)
        except HiveSyncError:
            connection.close()
            raise
        except socket.timeout:
            connection.close()
            raise Offline("The agent took too long to answer.") from None
        except (OSError, http.client.HTTPException):
            connection.close()
            raise AgentUnusable(STALE, "The agent ended during the call.") from None
        self._keep(found, connection)
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body, PROXY)

    def _current(self) -> Discovery:
        stamp = stamp_of(self._path)
        with self._lock:
            if stamp is not None and stamp == self._stamp and self._found is not None:
                return self._found
        self.forget()
        self._stamp = stamp
        if stamp is None:
            raise AgentUnusable(ABSENT, "The agent does not run; `hivesync agent start` starts it.")
        found = read_discovery(self._path)
        if self._serving and found.server_url not in (None, self._serving):
            detail = f"The agent serves {found.server_url}, and {self._serving} is asked for."
            raise AgentUnusable(ELSEWHERE, detail)
        with self._lock:
            self._found = found
        return found

    def _take(self, found: Discovery) -> Connection | None:
        with self._lock:
            while self._found is found and self._idle:
                since, connection = self._idle.pop()
                if time.monotonic() - since < _IDLE_SECONDS:
                    return connection
                connection.close()
        return None

    def _keep(self, found: Discovery, connection: Connection) -> None:
        with self._lock:
            is_of_now = self._found is found and not self._is_closed
            if is_of_now and len(self._idle) < _IDLE_MAX and connection.sock is not None:
                self._idle.append((time.monotonic(), connection))
                return
        connection.close()


def _exchange(connection: Connection, call: Call, found: Discovery) -> http.client.HTTPResponse:
    headers = {
        **call.headers,
        "Authorization": "Bearer " + found.token,
        "X-HiveSync-Client": CLIENT,
        "X-HiveSync-Protocol": str(PROTOCOL),
    }
    connection.request(call.method, PREFIX + call.path, call.body, headers)
    return connection.getresponse()


def _check_reach(found: Discovery, call: Call) -> None:
    if found.forwarded_from is not None and call.method == "POST" and call.path in _OF_THIS_MACHINE:
        detail = "The agent that is used here runs on {}, which does not see this machine's files."
        raise HiveSyncError("FORBIDDEN", detail.format(found.forwarded_from))


def _code(answer: Answer) -> str:
    try:
        told = answer.json()
    except HiveSyncError:
        return ""
    return str(told.get("code", "")) if isinstance(told, dict) else ""
