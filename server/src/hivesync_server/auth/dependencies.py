"""Who makes this request: reads the token or key, and asks the database whether it still counts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from hivesync_contract.api_keys import API_KEY_PREFIX
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.identity import Tier
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from hivesync_server.adapters.db import Transaction, give_back
from hivesync_server.api_keys.authentication import ApiKeyAuthentication
from hivesync_server.api_keys.repository import ApiKeyRepository
from hivesync_server.auth.access_tokens import AccessClaims
from hivesync_server.auth.errors import AuthInvalid, AuthRequired
from hivesync_server.auth.principal import Principal as Principal
from hivesync_server.auth.repository import SessionRepository
from hivesync_server.http.rate_limits import RateLimits
from hivesync_server.logs import USER_ID
from hivesync_server.resources import Resources, resources_of

_bearer = HTTPBearer(
    auto_error=False, description="An access token of `auth/login` or `auth/refresh`, or an API key."
)


async def current_principal(
    connection: HTTPConnection,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Principal:
    """Give who makes the request, and count it: for the user, or for the address when nobody is known."""
    resources = resources_of(connection)
    limits = RateLimits(connection, resources)
    try:
        if credentials is None:
            raise AuthRequired("Sign in: this needs an access token.")
        async with reading(connection, resources) as session:
            project_id = _project_of(connection)
            principal = await _authenticate(resources, session, credentials.credentials, project_id)
        connection.scope.setdefault("state", {})[USER_ID] = principal.user_id
    except HiveSyncError:
        await limits.count_address()
        raise
    await limits.count_user(
        principal.user_id, principal.tier, principal.session_id if principal.key else None
    )
    if principal.key is not None:
        principal.key.check(connection)
    return principal


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


async def living(principals: Iterable[Principal], transaction: Transaction, now: datetime) -> frozenset[str]:
    """Give the ids of the sessions and keys among these that still count: long requests began with them."""
    keys, sessions = set[str](), set[str]()
    for principal in principals:
        (sessions if principal.key is None else keys).add(principal.session_id)
    alive = await SessionRepository(transaction.session).living(sessions, now) if sessions else frozenset()
    return alive | (await ApiKeyRepository(transaction.session).living(keys, now) if keys else frozenset())


@asynccontextmanager
async def reading(connection: HTTPConnection, resources: Resources) -> AsyncIterator[AsyncSession]:
    """Give what the request reads with; one that writes is asked who it is before it locks anything."""
    own: Transaction | None = getattr(connection.state, "transaction", None)
    if own is not None and not own.writes:
        yield own.session
        return
    async with resources.database.transaction(writes=False) as transaction:
        yield transaction.session


def _project_of(connection: HTTPConnection) -> str | None:
    """Give the id of the project that the address names, if it names one."""
    try:
        return str(UUID(connection.path_params["project_id"]))
    except (KeyError, ValueError):
        return None


async def _authenticate(
    resources: Resources, reading: AsyncSession, token: str, project_id: str | None
) -> Principal:
    """Give the principal of a token, or raise `AuthInvalid` or `AuthExpired`."""
    if token.startswith(API_KEY_PREFIX):
        keys = ApiKeyAuthentication(resources.database, resources.clock)
        known = await keys.recognise(token, reading)
        return Principal(known.user.id, known.key_id, Tier(known.user.tier), known.powers)
    claims = resources.access_tokens.read(token)
    now = resources.clock()
    session = await SessionRepository(reading).standing(claims.session_id, project_id)
    if session is None or session.revoked_at is not None or session.expires_at <= now:
        raise AuthInvalid("The session has ended; sign in again.")
    if session.user_id != claims.user_id:
        raise AuthInvalid("The access token is not one of ours.")
    if claims.generation > session.confirmed_generation:
        await give_back(reading)
        await _confirm(resources, claims)
    member_of = project_id if session.is_member else None
    return Principal(session.user_id, claims.session_id, Tier(session.tier), member_of=member_of)


async def _confirm(resources: Resources, claims: AccessClaims) -> None:
    # First use of a token: the client has our last answer, so what it held before retires.
    async with resources.database.transaction() as transaction:
        sessions = SessionRepository(transaction.session)
        row = await sessions.locked(claims.session_id)
        if row is not None and claims.generation > row.confirmed_generation:
            row.confirmed_generation = claims.generation
            await sessions.retire_before(row.id, claims.generation, resources.clock())
