"""What a mail is, and what domains need to hand one over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person; `mails.letters` words those of a known kind.

    `body` is the plain text, `html` its twin: without one the text is set in our layout. After `expires_at`
    it is of no use and is not sent; `unsubscribe_url` stops mails like it (RFC 2369, RFC 8058).
    Line breaks in what becomes a header are refused: they would begin another header.
    """

    recipient: str
    subject: str
    body: str
    html: str = ""
    kind: str = PLAIN
    expires_at: datetime | None = None
    unsubscribe_url: str = ""

    def __post_init__(self) -> None:
        if any(ord(character) < 32 for character in self.recipient + self.subject + self.unsubscribe_url):
            raise ValueError("a mail's recipient, subject and addresses are single lines")


class Mailer(Protocol):
    """Takes mails, within the caller's transaction."""

    async def send(self, mail: Mail) -> None: ...
