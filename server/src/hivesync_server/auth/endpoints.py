"""Routes of accounts and sessions; device sign-in has its own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from hivesync_contract.accounts import SessionInfo
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.identity import TokenPair, User
from hivesync_contract.pages import Page

from hivesync_server.auth.accounts import NewAccount
from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.auth.errors import AuthInvalid
from hivesync_server.auth.schemas import LoginBody, RefreshBody, RegisterBody
from hivesync_server.auth.services import AccountsDep, ClientAddress, MailedTokensDep, SessionsDep, first_tier
from hivesync_server.auth.shapes import session_shape, user_shape
from hivesync_server.auth.totp.second_factor import SecondFactorDep
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.resources import ResourcesDep, TransactionDep

router = APIRouter(prefix="/auth", tags=["auth"], route_class=ApiRoute)

Agent = Annotated[str, Header(alias="User-Agent", max_length=1024)]


class SessionUnknown(HiveSyncError):
    """No session of the user has this id."""

    code = ErrorCode.NOT_FOUND


async def no_store(response: Response) -> None:
    """Keep tokens out of every cache (RFC 6749 §5.1)."""
    response.headers["Cache-Control"] = "no-store"


@router.post("/register", status_code=201)
async def register(
    body: RegisterBody,
    accounts: AccountsDep,
    mails: MailedTokensDep,
    resources: ResourcesDep,
    transaction: TransactionDep,
) -> User:
    """Make an account. Outside local development it works once its address is confirmed by our mail."""
    account = NewAccount(body.email, body.username, body.password, first_tier(resources.settings))
    return await accounts.register(account, transaction, mails)


@router.post("/login", dependencies=[Depends(no_store)])
async def login(
    body: LoginBody,
    accounts: AccountsDep,
    factor: SecondFactorDep,
    sessions: SessionsDep,
    address: ClientAddress,
    user_agent: Agent = "unknown",
) -> TokenPair:
    """Sign in with a password, and a code where the second factor is on. Who guesses waits longer."""
    user = await accounts.recognise(body.name, body.password, address)
    await factor.check(user, body.proof)
    return await sessions.open(user, user_agent, address)


@router.post("/refresh", dependencies=[Depends(no_store)])
async def refresh(body: RefreshBody, sessions: SessionsDep) -> TokenPair:
    """Rotate a refresh token."""
    return await sessions.refresh(body.refresh_token)


@router.post("/logout", status_code=204)
async def logout(body: RefreshBody, sessions: SessionsDep) -> None:
    """End the session of a refresh token. It is enough by itself: the access token may have expired."""
    await sessions.revoke_by_token(body.refresh_token)


@router.get("/me")
async def me(principal: CurrentPrincipal, sessions: SessionsDep) -> User:
    """Tell who is signed in."""
    user = await sessions.users.by_id(principal.user_id)
    if user is None:
        raise AuthInvalid("The account is gone.")
    return user_shape(user)


@router.get("/sessions")
async def list_sessions(
    principal: CurrentPrincipal, sessions: SessionsDep, page: PageQuery
) -> Page[SessionInfo]:
    """List every sign-in that lasts, newest first; `devices` lists what was signed in."""
    rows = await sessions.sessions.page(principal.user_id, sessions.now, page.after, page.limit)
    return page.page(rows, lambda row: row.id, lambda row: session_shape(row, principal.session_id))


@router.delete("/sessions/{session_id}", status_code=204, dependencies=[Depends(idempotent)])
async def revoke_session(session_id: ResourceId, principal: CurrentPrincipal, sessions: SessionsDep) -> None:
    """End one session; others of the same device go on."""
    row = await sessions.sessions.locked(session_id)
    if row is None or row.user_id != principal.user_id:
        raise SessionUnknown("There is no such session.")
    await sessions.revoke(row, "revoked")
