# Generated from hivesync/_async by `make generate`; do not edit.
"""Decide for each call who answers it: the agent where it runs, else the backend.

Nothing is done twice: a call that may have arrived is sent again, but each that changes something carries an
Idempotency-Key, which the backend remembers whichever way the call came. And nothing overtakes: while an
agent that has ended keeps a change, later ones of the same thing wait for the agent.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from pathlib import Path
from time import monotonic

import httpx
from hivesync_contract import headers

from hivesync._call import Call
from hivesync._errors import AgentAbsent, Offline, retry_after_seconds
from hivesync._options import Options
from hivesync._response import Response
from hivesync._sync._agent_link import AgentLink
from hivesync._sync._concurrency import sleep
from hivesync._sync._direct_link import DirectLink
from hivesync._sync._proven import Unproven
from hivesync._waiting import waits
from hivesync._way import Mode, Way, WayReason
from hivesync.discovery import ProtocolUnsupported

_BUSY_SECONDS = 30.0
"""How long a request that lost its asker may keep the backend busy before the caller is told so."""
_BUSY_PAUSE_SECONDS = 0.5
_RETRIED = (429, 503)
_RETRY_AFTER_MAX_SECONDS = 10.0
"""Whoever must wait longer decides that for itself."""
_RESTARTS_FOLLOWED = 3
"""How many agents one call is sent to before it goes direct."""


class _ConnectionLost(AgentAbsent):
    """It broke in the middle of a call."""


class Router:
    """Holds both ways. `only`: the caller forbids the other one. `kept`: the agent's unsent changes."""

    def __init__(
        self, agent: AgentLink, direct: DirectLink, *, only: Mode | None, prefers_direct: bool, kept: Path
    ) -> None:
        self.agent = agent
        self.direct = direct
        self._kept = kept
        self._only = only
        self._prefers_direct = prefers_direct
        self._options = Options()

    def with_options(self, options: Options) -> Router:
        """Give a router over the same connections whose calls are made otherwise."""
        other = copy(self)
        other._options = options
        return other

    def send(self, call: Call) -> Response:
        """Send the call and read its answer.

        Raises `Offline`, `AgentAbsent`, `SignedOut`, or a keychain's error.
        """
        call = self._with_key(call)
        for left in reversed(range(self._options.retries + 1)):
            response, mode = self._open(call, stream=False, read_seconds=self._options.timeout_seconds)
            pause = _pause_asked_for(response) if left else None
            if pause is None:
                break
            sleep(pause)
        return Response(response.status_code, dict(response.headers), response.content, mode)

    def send_direct(self, call: Call) -> Response:
        """Send a call to the backend itself with this machine's session; raise `Offline`, `SignedOut`."""
        response = self._by_backend(self._with_key(call), False, self._options.timeout_seconds)
        return Response(response.status_code, dict(response.headers), response.content, Mode.DIRECT)

    def send_public(self, call: Call) -> Response:
        """Send a call to the backend itself, with no token but what the call carries; raise `Offline`."""
        response = self._by_backend(call, False, None, public=True)
        return Response(response.status_code, dict(response.headers), response.content, Mode.DIRECT)

    def stream(self, call: Call, *, read_seconds: float) -> tuple[httpx.Response, Mode]:
        """Send the call and give the open answer; the caller closes it."""
        return self._open(call, stream=True, read_seconds=read_seconds)

    def way(self) -> Way:
        """Tell who would answer a call to the backend now, and why."""
        if self._prefers_direct:
            return Way(Mode.DIRECT, WayReason.API_KEY)
        if self._only is Mode.DIRECT:
            return self._direct_way(WayReason.CHOSEN, "")
        try:
            self.agent.prove()
            return Way(Mode.PROXY, WayReason.AGENT_READY)
        except httpx.TransportError as exc:
            return self._direct_way(_absence(exc).reason, _absence(exc).detail)
        except (AgentAbsent, ProtocolUnsupported) as exc:
            if self._only is Mode.PROXY:
                return Way(Mode.NONE, exc.reason, exc.detail)
            return self._direct_way(exc.reason, exc.detail)

    def _direct_way(self, reason: WayReason, detail: str) -> Way:
        if self.direct.tokens.are_at_hand():
            return Way(Mode.DIRECT, reason, detail)
        return Way(
            Mode.NONE, WayReason.SIGNED_OUT, f"{detail} You are not signed in: `hivesync login`.".lstrip()
        )

    def origin_of(self, mode: Mode) -> str:
        """Give the backend that such an answer came from."""
        return (self.agent.server_url if mode is Mode.PROXY else None) or self.direct.origin

    def close(self) -> None:
        """Close both ways."""
        self.agent.close()
        self.direct.close()

    def _open(
        self, call: Call, *, stream: bool, read_seconds: float | None = None
    ) -> tuple[httpx.Response, Mode]:
        """Send the call by whom there is.

        While the backend is busy with what an agent sent before it ended, it answers 409 with Retry-After,
        and then with what came of it.
        """
        end = monotonic() + _BUSY_SECONDS
        while True:
            response, mode = self._open_once(call, stream, read_seconds)
            is_busy = response.status_code == 409 and "Retry-After" in response.headers
            if not is_busy or monotonic() > end:
                return response, mode
            response.close()
            sleep(_BUSY_PAUSE_SECONDS)

    def _open_once(self, call: Call, stream: bool, read_seconds: float | None) -> tuple[httpx.Response, Mode]:
        if call.is_local:
            return self._by_agent(call, stream, read_seconds), Mode.PROXY
        if self._only is not Mode.DIRECT and not self._prefers_direct:
            try:
                return self._by_agent(call, stream, read_seconds), Mode.PROXY
            except (AgentAbsent, ProtocolUnsupported):
                if self._only is Mode.PROXY:
                    raise
                self._check_order(call)
        return self._by_backend(call, stream, read_seconds), Mode.DIRECT

    def _with_key(self, call: Call) -> Call:
        key = self._options.idempotency_key
        if key is None or call.is_safe:
            return call
        return replace(call, headers={**call.headers, headers.IDEMPOTENCY_KEY: key})

    def _check_order(self, call: Call) -> None:
        if not call.is_safe and waits(self._kept, call.path, call.headers.get(headers.IDEMPOTENCY_KEY, "")):
            raise Offline(
                "An earlier change of this waits in the agent, which does not run. "
                "Start it (`hivesync agent start`), then try again."
            )

    def _by_agent(self, call: Call, stream: bool, read_seconds: float | None) -> httpx.Response:
        """Ask the agent, and the next one if it is restarted meanwhile.

        `AgentAbsent` means that the call can be sent another way.
        """
        has_lost_connection = False
        for _ in range(_RESTARTS_FOLLOWED):
            asked = self.agent.stamp()
            try:
                response = self._by_this_agent(call, stream, read_seconds)
            except _ConnectionLost:
                # An agent closes what is idle, maybe in this moment: a new connection shows whether it lives.
                if has_lost_connection and self.agent.stamp() in (None, asked):
                    raise
                has_lost_connection = True
                continue
            except AgentAbsent:
                if self.agent.stamp() in (None, asked):
                    raise
                continue
            # An agent that has a new token refuses the old one, and has done nothing.
            is_refused = response.status_code == 401 and headers.AGENT in response.headers
            if not is_refused or self.agent.stamp() in (None, asked):
                return response
            response.close()
        raise AgentAbsent("The agent is restarted again and again; see `hivesync logs`.")

    def _by_this_agent(self, call: Call, stream: bool, read_seconds: float | None) -> httpx.Response:
        try:
            return self.agent.send(call, stream=stream, read_seconds=read_seconds)
        except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
            raise _absence(exc) from exc
        except httpx.TimeoutException as exc:
            raise Offline("The agent took too long to answer.") from exc
        except httpx.TransportError as exc:
            raise _ConnectionLost("The agent ended during the call.", WayReason.AGENT_STALE) from exc

    def _by_backend(
        self, call: Call, stream: bool, read_seconds: float | None, *, public: bool = False
    ) -> httpx.Response:
        try:
            if public:
                return self.direct.send_public(call)
            return self.direct.send(call, stream=stream, read_seconds=read_seconds)
        except httpx.TimeoutException as exc:
            raise Offline("The backend took too long to answer.") from exc
        except httpx.TransportError as exc:
            raise Offline(f"The backend can't be reached: {exc or type(exc).__name__}.") from exc


def _pause_asked_for(response: httpx.Response) -> float | None:
    """Give the seconds after which the backend wants to be asked again, if that is soon.

    An agent that can't reach the backend is believed at once: who waits for it hears of it by events.
    """
    if response.status_code not in _RETRIED or headers.AGENT in response.headers:
        return None
    seconds = retry_after_seconds(response.headers)
    return seconds if seconds is not None and seconds <= _RETRY_AFTER_MAX_SECONDS else None


def _absence(exc: httpx.TransportError) -> AgentAbsent:
    """Tell a port that nobody listens on from one that another program has taken."""
    reason = WayReason.AGENT_UNPROVEN if isinstance(exc.__cause__, Unproven) else WayReason.AGENT_STALE
    return AgentAbsent(f"The agent does not answer: {exc or 'connection refused'}.", reason)
