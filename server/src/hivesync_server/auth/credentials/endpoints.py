"""Routes that confirm, change and restore address and password."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from hivesync_server.auth.credentials.schemas import (
    AddressBody,
    EmailChangeBody,
    MailedTokenBody,
    PasswordChangeBody,
    PasswordResetBody,
)
from hivesync_server.auth.credentials.service import CredentialsDep
from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.route import ApiRoute

router = APIRouter(prefix="/auth", tags=["auth"], route_class=ApiRoute)


@router.post("/password/forgot", status_code=202)
async def forgot(body: AddressBody, credentials: CredentialsDep) -> None:
    """Have a link mailed that sets a new password. The answer is the same for every address."""
    await credentials.forgot(body.email)


@router.post("/password/reset", status_code=204)
async def reset(body: PasswordResetBody, credentials: CredentialsDep) -> None:
    """Set a new password by the token of the mail; all sessions and API keys end."""
    await credentials.reset(body.token, body.password)


@router.post("/password/change", status_code=204, dependencies=[Depends(idempotent)])
async def change_password(
    body: PasswordChangeBody, principal: CurrentPrincipal, credentials: CredentialsDep
) -> None:
    """Set a new password; all other sessions end, and API keys where that is asked for."""
    await credentials.change_password(principal.user_id, principal.session_id, body)


@router.post("/email/resend", status_code=202)
async def resend(body: AddressBody, credentials: CredentialsDep) -> None:
    """Have the mail of a registration sent again. The answer is the same for every address."""
    await credentials.resend(body.email)


@router.post("/email/verify", status_code=204)
async def verify(body: MailedTokenBody, credentials: CredentialsDep) -> None:
    """Confirm an address, of a registration or of a change, by the token of the mail."""
    await credentials.verify(body.token)


@router.post("/email/change", status_code=202, dependencies=[Depends(idempotent)])
async def change_email(
    body: EmailChangeBody, principal: CurrentPrincipal, credentials: CredentialsDep
) -> None:
    """Ask a new address to confirm that it is the user's. The old one is told then, and can take it back."""
    await credentials.change_email(principal.user_id, body.password, body.email)


@router.post("/email/revert", status_code=204)
async def revert(body: MailedTokenBody, credentials: CredentialsDep) -> None:
    """Take a change of address back by the token that the old address got; all sessions end."""
    await credentials.revert(body.token)
