"""What the sender needs of whoever carries mails, and how a try can end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is handed over. `key` names it: a provider carries each key once."""

    key: str
    recipient: str
    subject: str
    text: str
    html: str
    unsubscribe_url: str = ""


class MailRefused(Exception):
    """This mail will never be carried: the message says why."""


class MailAway(Exception):
    """No answer, or one that says nothing: the provider may have the mail already, or not."""


class MailHeldBack(Exception):
    """The provider carries no mail at present, for a reason that has nothing to do with this one.

    `retry_after_seconds`: when it may again, if the provider says so. `misconfigured`: it won't before
    somebody mends the settings.
    """

    def __init__(
        self, reason: str, retry_after_seconds: float | None = None, *, misconfigured: bool = False
    ) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds
        self.misconfigured = misconfigured


class MailProvider(Protocol):
    """Carries mails."""

    async def send(self, letter: Letter) -> str:
        """Give the provider's id, or raise `MailRefused`, `MailAway` or `MailHeldBack`."""
        ...
