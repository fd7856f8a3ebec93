"""Who gets an answer: the border between a connection and what it is used for."""

from __future__ import annotations

from typing import Protocol

from hivesync_agent.backend.failures import AnswerLost
from hivesync_agent.wire.messages import AnswerHead


class AnswerTaker(Protocol):
    """Gets one answer: `head_came`, parts of the body, `body_ended`; or `answer_lost` at any time."""

    def interim_came(self, head: AnswerHead) -> None:
        """Take a 1xx answer; the real one follows."""

    def head_came(self, head: AnswerHead) -> None:
        """Take status and headers; after 101 what follows is no HTTP any more."""

    def body_came(self, data: bytes) -> None:
        """Take a part of the body."""

    def nothing_more_now(self) -> None:
        """All that has arrived has been handed over, and more is to come."""

    def body_ended(self) -> None:
        """The answer is complete, and the connection free for another."""

    def answer_lost(self, lost: AnswerLost) -> None:
        """There will be no (more of an) answer."""

    def pause_sending(self) -> None:
        """The backend takes no more for now."""

    def resume_sending(self) -> None:
        """The backend takes more again."""
