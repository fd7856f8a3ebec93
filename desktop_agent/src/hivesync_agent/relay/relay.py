"""The relay: `/hivesync-desktop-api/api/v1/**` becomes `/api/v1/**` of the backend, signed in.

Bytes stream in both directions and are never collected. Redirects are passed on, not followed. A client
that leaves ends the upstream request.
"""

from __future__ import annotations

from hivesync_agent.gate.request import Request
from hivesync_agent.problems import BadRequest
from hivesync_agent.relay.call import Backend, RelayedCall
from hivesync_agent.relay.mutation_call import MutationCall, can_wait
from hivesync_agent.relay.policy import check_relayed, needs_session
from hivesync_agent.relay.read_call import ReadCall


class Relay:
    """Begins a call for every request whose head the gate has accepted."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def begin(self, request: Request, path: str, query: str, client: str, request_id: str) -> None:
        """Begin to answer as the backend does; raise `Forbidden` or `BadRequest` before anything is sent."""
        check_relayed(request.method, path)
        if b"upgrade" in request.head.values and not (request.upgrade and request.method == "GET"):
            raise BadRequest("Only a WebSocket can be opened here.")
        target = f"{path}?{query}" if query else path
        request.exchange = call = self._call(request, path, target, client, request_id)
        call.begin()

    def _call(self, request: Request, path: str, target: str, client: str, request_id: str) -> RelayedCall:
        backend = self._backend
        if can_wait(backend.journal, request, path):
            return MutationCall(backend, request, path, target, request_id, client)
        read = backend.reads.read_for(request, target) if needs_session(request.method, path) else None
        if read is not None:
            return ReadCall(backend, request, path, target, request_id, read)
        return RelayedCall(backend, request, path, target, request_id)
