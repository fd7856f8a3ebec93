"""For whom a preview is made, and where its files may go: asked before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hivesync.origins import allowed_origins
from hivesync_contract.health import Health
from hivesync_contract.identity import User

from hivesync_agent.projects.links import Scope
from hivesync_agent.upstream import UpstreamUnreachable


class Session(Protocol):
    """Gives tokens, or raises that nobody is signed in."""

    async def access_token(self) -> str: ...


class Who(Protocol):
    """Gives the signed-in user, as far as it is known."""

    async def user(self) -> User | None: ...


class Owner(Protocol):
    """Gives the signed-in user's id, also offline."""

    @property
    def known(self) -> str | None: ...

    async def current(self) -> str | None: ...


class Reach(Protocol):
    """Gives what the backend said about itself; None when it does not answer."""

    async def health(self) -> Health | None: ...


@dataclass(frozen=True, slots=True)
class Account:
    """The session, reduced to what previews ask of it."""

    origin: str
    profile: str
    session: Session
    who: Who
    owner: Owner
    reach: Reach

    async def scope(self) -> Scope:
        """Give whose previews these are; raise `SignedOut` or `UpstreamUnreachable`."""
        await self.session.access_token()
        user = await self.who.user()
        if user is None:
            raise _away()
        return Scope(self.origin, self.profile, user.id)

    async def user_id(self) -> str | None:
        """Give who is signed in, also offline; None if nobody is, or nobody can tell."""
        return await self.owner.current()

    @property
    def known_user_id(self) -> str | None:
        """Give the same at once; None as well while it has not been heard of this session."""
        return self.owner.known

    async def upload_origins(self) -> Sequence[str]:
        """Give the only places that files are sent to; raise `UpstreamUnreachable`."""
        health = await self.reach.health()
        if health is None:
            raise _away()
        return allowed_origins(self.origin, health.upload_origins)


def _away() -> UpstreamUnreachable:
    return UpstreamUnreachable("The HiveSync server can't be reached; try again later.")
