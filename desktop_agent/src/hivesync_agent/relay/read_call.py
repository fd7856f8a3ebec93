"""A call whose question others may share: it follows one that has been asked, or leads and keeps a copy."""

from __future__ import annotations

from hivesync_agent.gate.request import Request
from hivesync_agent.relay.cache import Entry
from hivesync_agent.relay.call import Backend, RelayedCall
from hivesync_agent.relay.reads import SharedRead
from hivesync_agent.wire.messages import AnswerHead, RawHeader


class ReadCall(RelayedCall):
    """A GET of a signed-in user."""

    __slots__ = ("_asks_anew", "_leads", "_read")

    def __init__(
        self, backend: Backend, request: Request, path: str, target: str, request_id: str, read: SharedRead
    ) -> None:
        super().__init__(backend, request, path, target, request_id)
        self._read: SharedRead | None = read
        self._leads = self._asks_anew = False

    def begin(self) -> None:
        """Answer from what is known, join an open question, or ask."""
        read = self._read
        if read is None:
            super().begin()
        elif read.led:
            read.follow(self)
        elif self._backend.access.signed_in and (entry := read.fresh()) is not None:
            self.answer_whole(entry)
        else:
            self._leads = True
            read.lead()
            super().begin()

    # --- relay.reads.Follower -------------------------------------------------------------------------

    def begin_alone(self) -> None:
        """Ask after all: what another asked for can't be shared."""
        self._read = None
        self.begin()

    def answer_whole(self, entry: Entry) -> None:
        """Take the stored answer, or the one that another call has asked for."""
        self._read = None
        self._reply.give(self._backend.reads.cache.answer(entry))

    # --- otherwise than other calls -------------------------------------------------------------------

    def client_left(self) -> None:
        """End the call, unless others wait for its answer, too."""
        read = self._read
        if read is not None and not self._leads:
            read.leave(self)
        elif read is not None and read.wanted and self._connection is not None:
            self._reply.done = True
            self.resume_answering()
            return
        super().client_left()
        self._give_up()

    def _validators(self) -> list[RawHeader]:
        return self._read.asked() if self._read is not None else []

    def _pass_head(self, head: AnswerHead) -> None:
        read = self._read
        if read is not None and read.is_mistaken(head):
            self._read = None
            self._asks_anew = self._skips_body = True
        elif read is not None and (entry := read.head_came(head)) is not None:
            self.answer_whole(entry)  # it was a 304 that only we have asked for
        elif read is not None and read.wanted:
            self._reply.begin(head)
        else:
            if self._reply.done:
                self._give_up()  # those who followed ask for themselves
            super()._pass_head(head)

    def _pass_part(self, data: bytes) -> None:
        if self._read is not None:
            self._read.body_came(data)
        super()._pass_part(data)

    def _pass_end(self) -> None:
        read, self._read = self._read, None
        super()._pass_end()
        if read is not None:
            read.body_ended()

    def _after_skipped(self) -> None:
        if not self._asks_anew:
            super()._after_skipped()
        elif not self._reply.done:
            self._asks_anew = self._skips_body = False
            self._run(self._prepare())  # without conditions: nothing is stored any more

    def _give_up(self) -> None:
        read, self._read = self._read, None
        if read is not None and self._leads:
            read.failed()
