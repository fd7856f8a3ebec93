"""Routes of devices. Where `auth/sessions` lists every sign-in, this lists what was signed in, once each."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from hivesync_contract.accounts import Device
from hivesync_contract.pages import Page

from hivesync_server.audit.service import AuditDep
from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.auth.devices.repository import DeviceFound, DeviceRepository
from hivesync_server.auth.devices.service import sign_out_device
from hivesync_server.auth.services import SessionsDep
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.resources import TransactionDep

router = APIRouter(prefix="/devices", tags=["auth"], route_class=ApiRoute, dependencies=[Depends(idempotent)])


@router.get("")
async def list_devices(
    principal: CurrentPrincipal, sessions: SessionsDep, transaction: TransactionDep, page: PageQuery
) -> Page[Device]:
    """List the machines and programs that are signed in, the one known last first."""
    devices = DeviceRepository(transaction.session)
    rows = await devices.page(principal.user_id, sessions.now, page.after, page.limit)
    current = await devices.name_of(principal.session_id)
    return page.page(rows, lambda found: found[0].id, lambda found: _shape(found, current))


@router.delete("/{device_id}", status_code=204)
async def sign_out(
    device_id: ResourceId, principal: CurrentPrincipal, sessions: SessionsDep, audit: AuditDep
) -> None:
    """Sign a device out: all its sessions end at once."""
    await sign_out_device(sessions, audit, principal.user_id, device_id)


def _shape(found: DeviceFound, current: str | None) -> Device:
    row, count, used_at = found
    return Device(row.id, row.name, row.name == current, count, row.created_at, used_at)
