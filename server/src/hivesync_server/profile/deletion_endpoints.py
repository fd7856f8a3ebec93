"""The route that ends an account. It takes no idempotency key: that would be gone with the account."""

from __future__ import annotations

from fastapi import APIRouter

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.auth.totp.schemas import ProtectedBody
from hivesync_server.http.route import ApiRoute
from hivesync_server.profile.deletion import AccountDeletionDep

router = APIRouter(prefix="/profile", tags=["profile"], route_class=ApiRoute)


@router.delete("", status_code=204)
async def delete(body: ProtectedBody, principal: CurrentPrincipal, deletion: AccountDeletionDep) -> None:
    """Delete the account, its own projects and all it has, at once and for good."""
    await deletion.delete(principal.user_id, body.password, body.proof)
