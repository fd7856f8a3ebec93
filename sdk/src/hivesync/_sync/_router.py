# Generated from hivesync/_async by `make generate`; do not edit.
"""Decide for each call who answers it: the agent where it runs, else the backend.

Nothing is done twice: a call that may have arrived is sent again only if it is safe or carries an
Idempotency-Key, which the backend remembers whichever way the call came. And nothing overtakes: while an
agent that has ended keeps a change, later ones of the same thing wait for the agent.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import httpx
from hivesync_contract.headers import IDEMPOTENCY_KEY

from hivesync._call import Call
from hivesync._errors import AgentAbsent, Offline
from hivesync._response import Mode, Response
from hivesync._sync._agent_link import AgentLink
from hivesync._sync._concurrency import sleep
from hivesync._sync._direct_link import DirectLink
from hivesync._waiting import waits

_BUSY_SECONDS = 15.0
"""How long a request that lost its asker may keep the backend busy before the caller is told so."""
_BUSY_PAUSE_SECONDS = 0.5


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

    def send(self, call: Call) -> Response:
        """Send the call and read its answer.

        Raises `Offline`, `AgentAbsent`, `SignedOut`, or a keychain's error.
        """
        response, mode = self._open(call, stream=False)
        return Response(response.status_code, dict(response.headers), response.content, mode)

    def send_public(self, call: Call) -> Response:
        """Send a call to the backend itself, with no token but what the call carries; raise `Offline`."""
        response = self._by_backend(call, False, None, public=True)
        return Response(response.status_code, dict(response.headers), response.content, Mode.DIRECT)

    def stream(self, call: Call, *, read_seconds: float) -> tuple[httpx.Response, Mode]:
        """Send the call and give the open answer; the caller closes it."""
        return self._open(call, stream=True, read_seconds=read_seconds)

    def close(self) -> None:
        """Close both ways."""
        self.agent.close()
        self.direct.close()

    def _open(
        self, call: Call, *, stream: bool, read_seconds: float | None = None
    ) -> tuple[httpx.Response, Mode]:
        if call.is_local:
            return self._by_agent(call, stream, read_seconds), Mode.PROXY
        if self._only is not Mode.DIRECT and not self._prefers_direct:
            try:
                return self._by_agent(call, stream, read_seconds), Mode.PROXY
            except AgentAbsent:
                if self._only is Mode.PROXY:
                    raise
                self._check_order(call)
                return self._take_over(call, stream, read_seconds), Mode.DIRECT
        return self._by_backend(call, stream, read_seconds), Mode.DIRECT

    def _take_over(self, call: Call, stream: bool, read_seconds: float | None) -> httpx.Response:
        """Send what the agent may have sent before it ended; while the backend is still busy with that, it
        answers 409 with Retry-After, and then with what came of it.
        """
        end = monotonic() + _BUSY_SECONDS
        while True:
            response = self._by_backend(call, stream, read_seconds)
            is_busy = response.status_code == 409 and "Retry-After" in response.headers
            if not (is_busy and call.is_replayable) or monotonic() > end:
                return response
            response.close()
            sleep(_BUSY_PAUSE_SECONDS)

    def _check_order(self, call: Call) -> None:
        if not call.is_safe and waits(self._kept, call.path, call.headers.get(IDEMPOTENCY_KEY, "")):
            raise Offline(
                "An earlier change of this waits in the agent, which does not run. "
                "Start it (`hivesync agent start`), then try again."
            )

    def _by_agent(self, call: Call, stream: bool, read_seconds: float | None) -> httpx.Response:
        """Ask the agent; `AgentAbsent` means that the call can be sent another way."""
        try:
            return self.agent.send(call, stream=stream, read_seconds=read_seconds)
        except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
            raise AgentAbsent(f"The agent does not answer: {exc or 'connection refused'}.") from exc
        except httpx.TimeoutException as exc:
            raise Offline("The agent took too long to answer.") from exc
        except httpx.TransportError as exc:
            if call.is_replayable:
                raise AgentAbsent("The agent ended during the call.") from exc
            raise Offline("The agent ended during the call; whether it was done is not known.") from exc

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
