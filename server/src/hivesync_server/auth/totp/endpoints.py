"""Routes of the second factor. No API key reaches them."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from hivesync_contract.accounts import RecoveryCodes, TotpEnrolment, TotpStatus

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.auth.endpoints import no_store
from hivesync_server.auth.totp.schemas import ProtectedBody, TotpConfirmBody, TotpEnrolBody
from hivesync_server.auth.totp.service import TotpDep
from hivesync_server.http import idempotency
from hivesync_server.http.route import ApiRoute

router = APIRouter(
    prefix="/auth/totp",
    tags=["auth"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotency.idempotent), Depends(no_store)],
)


@router.get("")
async def status(principal: CurrentPrincipal, totp: TotpDep) -> TotpStatus:
    """Tell whether the second factor is on."""
    return await totp.status(principal.user_id)


@router.post("", status_code=201)
async def enrol(
    body: TotpEnrolBody, principal: CurrentPrincipal, totp: TotpDep, request: Request
) -> TotpEnrolment:
    """Begin to set an authenticator app up. This answer is the only one that shows the secret."""
    idempotency.show_once(request, "secret", "otpauth_uri", "qr_svg")
    return await totp.enrol(principal.user_id, body.password)


@router.post("/confirm")
async def confirm(
    body: TotpConfirmBody, principal: CurrentPrincipal, totp: TotpDep, request: Request
) -> RecoveryCodes:
    """Turn it on with a code of the app. This answer is the only one that shows the recovery codes."""
    idempotency.show_once(request, "codes")
    return await totp.confirm(principal.user_id, body.code)


@router.post("/recovery-codes")
async def renew(
    body: ProtectedBody, principal: CurrentPrincipal, totp: TotpDep, request: Request
) -> RecoveryCodes:
    """Make new recovery codes in place of all old ones."""
    idempotency.show_once(request, "codes")
    return await totp.renew_recovery_codes(principal.user_id, body.password, body.proof)


@router.post("/disable", status_code=204)
async def disable(body: ProtectedBody, principal: CurrentPrincipal, totp: TotpDep) -> None:
    """Turn it off, with the password and a code."""
    await totp.turn_off(principal.user_id, body.password, body.proof)
