"""A change of the declared list: sent while the backend is there, and kept in the journal while it is not."""

from __future__ import annotations

from hivesync_agent.backend.failures import UpstreamUnreachable
from hivesync_agent.gate.request import Request
from hivesync_agent.relay.call import Backend, RelayedCall
from hivesync_agent.relay.journal import MUTATION_BYTES, Journal, OfflineQueued, can_be_the_backends
from hivesync_agent.upstream import SAFE
from hivesync_agent.wire.messages import AnswerHead

_AWAY = frozenset({502, 503, 504})
"""A gateway's word that the backend is away."""


def can_wait(journal: Journal, request: Request, path: str) -> bool:
    """Tell whether a request is such a change, as far as its head goes."""
    length = request.head.length
    return (
        request.method not in SAFE
        and (length is None or length <= MUTATION_BYTES)
        and journal.takes(request.method, path)
    )


class MutationCall(RelayedCall):
    """Sends first; when that fails, or when earlier changes wait, it hands its change over."""

    __slots__ = ("_away", "_client", "_kept")

    def __init__(
        self, backend: Backend, request: Request, path: str, target: str, request_id: str, client: str
    ) -> None:
        super().__init__(backend, request, path, target, request_id)
        self._client = client
        self._away = self._kept = False

    def begin(self) -> None:
        """Read the change, and send it unless others wait."""
        self._question.ensure_key()
        self._run(self._prepare_or_keep())

    async def _prepare_or_keep(self) -> None:
        await self._question.collect_body()
        if self._backend.journal.has_waiting():
            await self._keep()
        else:
            await self._prepare()

    async def _keep(self) -> None:
        self._kept = True
        mutation = self._question.as_mutation(self._client)
        self._refuse(OfflineQueued(await self._backend.journal.accept(mutation)))

    # --- otherwise than other calls -------------------------------------------------------------------

    def _pass_head(self, head: AnswerHead) -> None:
        is_page = 200 <= head.status < 300 and not can_be_the_backends(head)
        if head.status in _AWAY or is_page:
            self._skips_body = self._away = True
        else:
            super()._pass_head(head)

    def _after_skipped(self) -> None:
        if self._away:
            self._run(self._keep())
        else:
            super()._after_skipped()

    def _unreachable(self, error: UpstreamUnreachable) -> None:
        if self._kept or self._reply.done:
            super()._unreachable(error)
        else:
            self._run(self._keep())
