"""Routes of exports. No API key reaches them."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from hivesync_contract.accounts import Export

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.auth.endpoints import no_store
from hivesync_server.exports.service import ExportsDep
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.route import ApiRoute

router = APIRouter(
    prefix="/profile/export",
    tags=["profile"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotent), Depends(no_store)],
)


@router.post("", status_code=202)
async def begin(principal: CurrentPrincipal, exports: ExportsDep) -> Export:
    """Have a copy of all that the backend knows about the caller made; a mail tells when it is ready."""
    return await exports.begin(principal.user_id)


@router.get("")
async def get(principal: CurrentPrincipal, exports: ExportsDep) -> Export:
    """Tell how far it is; once it is ready, `download_url` gives it for five minutes."""
    return await exports.get(principal.user_id)
