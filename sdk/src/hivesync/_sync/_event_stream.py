# Generated from hivesync/_async by `make generate`; do not edit.
# ruff: noqa: UP028
"""Server-sent events that survive a lost connection. Gaps are never silent: they give a `reset`."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
from hivesync_contract.errors import HiveSyncError

from hivesync._call import new_call
from hivesync._errors import AgentAbsent, ApiError, Offline, ResponseInvalid, api_error
from hivesync._event_parser import EventParser
from hivesync._events import Event, decode_event, local_reset
from hivesync._sync._concurrency import sleep
from hivesync._sync._reading import read_whole
from hivesync._sync._router import Router
from hivesync._way import Mode
from hivesync.discovery import FileStamp, ProtocolUnsupported

_SILENCE_SECONDS = 45.0
"""Three missed keep-alive comments."""
_PAUSE_FIRST_SECONDS = 0.2
_PAUSE_LAST_SECONDS = 5.0


class EventStream:
    """Iterate over it. It reconnects for ever; only its first connection may fail."""

    def __init__(self, router: Router, *, begins_with_reset: bool = False) -> None:
        self._router = router
        self._begins_with_reset = begins_with_reset
        self._last_id = ""
        self._source: tuple[Mode, str | None] | None = None
        self._pause_seconds = _PAUSE_FIRST_SECONDS

    def __iter__(self) -> Iterator[Event]:
        while True:
            try:
                response, source = self._connect()
            except (Offline, AgentAbsent, ApiError) as error:
                if self._source is None or not _passes(error):
                    raise
                self._back_off()
                continue
            if self._is_gap(source):
                yield local_reset()
            self._source = source
            for event in self._read(response):
                yield event
            self._back_off()

    def _connect(self) -> tuple[httpx.Response, tuple[Mode, str | None]]:
        """Open the agent's stream, or the backend's where no agent runs."""
        try:
            response, mode = self._open("/v1/events", Mode.PROXY)
        except (AgentAbsent, ProtocolUnsupported):
            response, mode = self._open("/api/v1/events", Mode.DIRECT)
        instance = self._router.agent.instance_id if mode is Mode.PROXY else None
        return response, (mode, instance)

    def _open(self, path: str, source: Mode) -> tuple[httpx.Response, Mode]:
        headers = {
            "Accept": "text/event-stream",
            "Accept-Encoding": "identity",
            "Cache-Control": "no-store",
        }
        # To the other source this id would be one of its own.
        if self._last_id and self._source is not None and self._source[0] is source:
            headers["Last-Event-ID"] = self._last_id
        response, mode = self._router.stream(
            new_call("GET", path, headers=headers), read_seconds=_SILENCE_SECONDS
        )
        if response.status_code >= 400:
            refusal = read_whole(response)
            raise api_error(refusal.status_code, refusal.content, refusal.headers)
        return response, mode

    def _read(self, response: httpx.Response) -> Iterator[Event]:
        is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
        if not is_stream or response.headers.get("content-encoding", "identity") != "identity":
            response.close()
            raise ResponseInvalid("The answer is no event stream.", status=502)
        parser, agent = EventParser(), self._router.agent.stamp()
        try:
            for chunk in response.iter_raw():
                self._pause_seconds = _PAUSE_FIRST_SECONDS
                for message in parser.feed(chunk):
                    self._last_id = message.id or self._last_id
                    if event := decode_event(message.id, message.type, message.data):
                        yield event
                if self._agent_has_come(agent):
                    return
        except httpx.TransportError:
            return
        finally:
            response.close()

    def _agent_has_come(self, before: FileStamp | None) -> bool:
        """Tell whether a stream of the backend is to be left for an agent's; its comments let us look."""
        is_direct = self._source is not None and self._source[0] is Mode.DIRECT
        return is_direct and self._router.agent.stamp() not in (None, before)

    def _is_gap(self, source: tuple[Mode, str | None]) -> bool:
        """Agent and backend number their events apart, so an id says nothing to the other one."""
        if self._source is None:
            return self._begins_with_reset
        changed = self._source[0] is not source[0]
        if changed:
            self._last_id = ""
        return changed

    def _back_off(self) -> None:
        sleep(self._pause_seconds)
        self._pause_seconds = min(self._pause_seconds * 2, _PAUSE_LAST_SECONDS)


def _passes(error: HiveSyncError) -> bool:
    """Tell whether it may be otherwise in a while: a backend that is overloaded or is being replaced."""
    return not isinstance(error, ApiError) or error.status >= 500 or error.status == 429
