"""What the rest of the agent may ask the session for."""

from __future__ import annotations

from typing import Protocol


class SessionAccess(Protocol):
    """Tokens for the backend, however they are had: `AccessTokens` or `ApiKey`."""

    @property
    def signed_in(self) -> bool:
        """Tell whether there is a session, as far as is known without asking anyone."""

    @property
    def ended(self) -> str | None:
        """Tell why the last session ended, if one did."""

    def current(self) -> str | None:
        """Give the token if it needs no waiting."""

    async def access_token(self) -> str:
        """Give a usable token, or raise `SignedOut`, or why it can't be had now."""

    async def replace_token(self, refused: str) -> str:
        """Give another token than the refused one, or raise likewise."""

    def discard(self, refused: str) -> None:
        """Do not give this token out again."""
