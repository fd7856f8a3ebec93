"""Who makes a request."""

from __future__ import annotations

from dataclasses import dataclass

from hivesync_contract.identity import Tier

from hivesync_server.api_keys.powers import KeyPowers


@dataclass(frozen=True, slots=True)
class Principal:
    """The signed-in user, as far as most routes need to know.

    `session_id`: the session's id, or that of the API key that stands in its place; then `key` says what it
    may do. `member_of`: the project that the request's address names, if it is already known that the user is
    a member.
    """

    user_id: str
    session_id: str
    tier: Tier
    key: KeyPowers | None = None
    member_of: str | None = None

    @property
    def project_ids(self) -> frozenset[str] | None:
        """Give the projects that the key is limited to, or None."""
        return self.key.project_ids if self.key else None
