"""Routes of device sign-in. Form bodies and RFC 6749 errors, as every OAuth client expects."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from hivesync_contract.identity import DeviceCode, OAuthError, TokenPair
from starlette.responses import JSONResponse, Response

from hivesync_server.adapters.db import Transaction
from hivesync_server.auth.device.repository import DeviceCodeRepository
from hivesync_server.auth.device.service import DeviceRefusal, DeviceSignIn
from hivesync_server.auth.endpoints import no_store
from hivesync_server.auth.services import sessions_of
from hivesync_server.http.client_address import client_address
from hivesync_server.http.fields import Line
from hivesync_server.http.route import ApiRoute
from hivesync_server.resources import Resources, ResourcesDep, TransactionDep
from hivesync_server.services import service

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"

router = APIRouter(prefix="/auth/device", tags=["auth"], route_class=ApiRoute)


def device_sign_in_of(resources: Resources, transaction: Transaction) -> DeviceSignIn:
    """Build the service on a transaction."""
    sessions = sessions_of(resources, transaction)
    uri = f"{resources.settings.http.base_url}/device"
    return DeviceSignIn(DeviceCodeRepository(transaction.session), sessions, uri, sessions.now)


async def _device_sign_in(resources: ResourcesDep, transaction: TransactionDep) -> DeviceSignIn:
    return device_sign_in_of(resources, transaction)


DeviceSignInDep = Annotated[DeviceSignIn, service(_device_sign_in)]


@router.post("/code", dependencies=[Depends(no_store)], response_model=DeviceCode)
async def start(
    request: Request,
    resources: ResourcesDep,
    devices: DeviceSignInDep,
    client_id: Annotated[Line, Form(max_length=120)] = "",
    device_name: Annotated[Line, Form(max_length=120)] = "",
    scope: Annotated[str, Form(max_length=120)] = "",
) -> DeviceCode | Response:
    """Begin a sign-in. `client_id` and `device_name` are shown to the user, who must not trust them."""
    if repeated := await _repeated(request):
        return repeated
    name = " on ".join(part for part in (client_id, device_name) if part) or "an unnamed program"
    address = client_address(request, resources.settings.http.trusted_proxies)
    return await devices.start(name[:120], address[:64])


@router.post("/token", dependencies=[Depends(no_store)], response_model=TokenPair)
async def exchange(
    request: Request,
    devices: DeviceSignInDep,
    grant_type: Annotated[str, Form(max_length=200)] = "",
    device_code: Annotated[str, Form(max_length=200)] = "",
    client_id: Annotated[str, Form(max_length=120)] = "",
) -> TokenPair | Response:
    """Ask whether the user has approved, and get the tokens then."""
    if repeated := await _repeated(request):
        return repeated
    if grant_type != GRANT_TYPE:
        return _refusal("unsupported_grant_type", f"grant_type must be {GRANT_TYPE}.")
    if not device_code:
        return _refusal("invalid_request", "device_code is missing.")
    try:
        return await devices.exchange(device_code)
    except DeviceRefusal as refusal:
        # Answered, not raised: the interval that was noted has to stay.
        return _refusal(refusal.error, refusal.description)


async def _repeated(request: Request) -> Response | None:
    """Refuse a form that has a parameter twice (RFC 6749, section 3.2)."""
    form = await request.form()
    if len(form.multi_items()) == len(form):
        return None
    return _refusal("invalid_request", "A parameter came more than once; send each once.")


def _refusal(error: str, description: str) -> JSONResponse:
    body = OAuthError(error, description)
    return JSONResponse(
        {"error": body.error, "error_description": body.error_description},
        status_code=400,
        headers={"Cache-Control": "no-store"},
    )
