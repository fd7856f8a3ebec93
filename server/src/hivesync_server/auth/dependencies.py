"""Who makes this request: reads the bearer token, and asks the database whether its session still lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from hivesync_contract.identity import Tier

from hivesync_server.auth.access_tokens import AccessClaims
from hivesync_server.auth.errors import AuthInvalid, AuthRequired
from hivesync_server.auth.repository import SessionRepository
from hivesync_server.resources import Resources, ResourcesDep

_bearer = HTTPBearer(auto_error=False, description="An access token of `auth/login` or `auth/refresh`.")


@dataclass(frozen=True, slots=True)
class Principal:
    """The signed-in user, as far as most routes need to know."""

    user_id: str
    session_id: str
    tier: Tier


async def _current(
    resources: ResourcesDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    if credentials is None:
        raise AuthRequired("Sign in: this needs an access token.")
    return await authenticate(resources, credentials.credentials)


CurrentPrincipal = Annotated[Principal, Depends(_current)]


async def authenticate(resources: Resources, token: str) -> Principal:
    """Give the principal of a token, in transactions of its own, or raise `AuthInvalid` or `AuthExpired`."""
    claims = resources.access_tokens.read(token)
    now = resources.clock()
    async with resources.database.transaction(writes=False) as transaction:
        found = await SessionRepository(transaction.session).with_user(claims.session_id)
    if found is None or found[0].revoked_at is not None or found[0].expires_at <= now:
        raise AuthInvalid("The session has ended; sign in again.")
    session, user = found
    if user.id != claims.user_id:
        raise AuthInvalid("The access token is not one of ours.")
    if claims.generation > session.confirmed_generation:
        await _confirm(resources, claims)
    return Principal(user.id, session.id, Tier(user.tier))


async def _confirm(resources: Resources, claims: AccessClaims) -> None:
    # First use of a token: the client has our last answer, so what it held before retires.
    async with resources.database.transaction() as transaction:
        sessions = SessionRepository(transaction.session)
        row = await sessions.locked(claims.session_id)
        if row is not None and claims.generation > row.confirmed_generation:
            row.confirmed_generation = claims.generation
            await sessions.retire_before(row.id, claims.generation, resources.clock())
