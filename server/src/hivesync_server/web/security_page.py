"""`/security`: a user's devices and second factor, for a browser. The second factor asks for the password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from starlette.responses import RedirectResponse, Response

from hivesync_server.audit.service import AuditDep
from hivesync_server.auth.devices.repository import DeviceRepository
from hivesync_server.auth.devices.service import sign_out_device
from hivesync_server.auth.services import SessionsDep
from hivesync_server.auth.totp.service import TotpDep
from hivesync_server.http.fields import ResourceId
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.web.browser import WebSessions
from hivesync_server.web.page_route import PageRoute, SignedOut
from hivesync_server.web.pages import page
from hivesync_server.web.sign_in_pages import Place, proof_of, sign_in_page
from hivesync_server.web.visits import FromOwnPage, Visit, VisitDep

SHOWN_MAX = 100
_HERE = "/security"


class SecurityRoute(PageRoute):
    """See `PageRoute`."""

    sign_in = f"{_HERE}/sign-in"
    back = (_HERE, "Back to your devices")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and in which browser."""

    visit: Visit
    user_id: str
    username: str

    def show(self, template: str, **values: Any) -> Response:
        """Give a page of theirs."""
        csrf = self.visit.browser.csrf
        response = page(template, user=self.username, csrf=csrf, **values)
        response.headers["Cache-Control"] = "no-store"
        return self.visit.show(response)


async def _person(visit: VisitDep, resources: ResourcesDep) -> Person:
    # In a transaction of its own: that of the request must not hold a lock while a password is hashed.
    async with resources.database.transaction(writes=False) as own:
        user = await WebSessions(own.session, resources.clock()).user(visit.browser)
    if user is None:
        raise SignedOut
    return Person(visit, user.id, user.username)


PersonDep = Annotated[Person, Depends(_person)]
Password = Annotated[str, Form(max_length=256)]
Code = Annotated[str, Form(max_length=64)]

router = APIRouter(prefix=_HERE, include_in_schema=False, route_class=SecurityRoute)


@router.get("")
async def show(
    person: PersonDep, totp: TotpDep, transaction: TransactionDep, sessions: SessionsDep
) -> Response:
    """Show what is signed in, and whether a sign-in takes two steps."""
    devices = DeviceRepository(transaction.session)
    found = await devices.page(person.user_id, sessions.now, None, SHOWN_MAX)
    return person.show("security.html", devices=found[:SHOWN_MAX], totp=await totp.status(person.user_id))


@router.get("/sign-in")
async def show_sign_in(visit: VisitDep) -> Response:
    """Ask for the sign-in."""
    return sign_in_page(visit, Place.SECURITY)


@router.post("/devices/{device_id}/sign-out", dependencies=[FromOwnPage])
async def sign_out(
    device_id: ResourceId, person: PersonDep, sessions: SessionsDep, audit: AuditDep
) -> Response:
    """Sign a device out."""
    await sign_out_device(sessions, audit, person.user_id, device_id)
    return RedirectResponse(_HERE, 303)


@router.post("/totp", dependencies=[FromOwnPage])
async def enrol(person: PersonDep, totp: TotpDep, password: Password = "") -> Response:
    """Show a new secret for the authenticator app, this once."""
    return person.show("totp_setup.html", enrolment=await totp.enrol(person.user_id, password))


@router.post("/totp/confirm", dependencies=[FromOwnPage])
async def confirm(person: PersonDep, totp: TotpDep, code: Code = "") -> Response:
    """Turn two-step sign-in on, and show the recovery codes, this once."""
    codes = await totp.confirm(person.user_id, code.replace(" ", ""))
    return person.show("totp_codes.html", codes=codes.codes, title="Two-step sign-in is on")


@router.post("/totp/recovery-codes", dependencies=[FromOwnPage])
async def renew(person: PersonDep, totp: TotpDep, password: Password = "", code: Code = "") -> Response:
    """Show new recovery codes, this once."""
    codes = await totp.renew_recovery_codes(person.user_id, password, proof_of(code))
    return person.show("totp_codes.html", codes=codes.codes, title="Your new recovery codes")


@router.post("/totp/disable", dependencies=[FromOwnPage])
async def disable(person: PersonDep, totp: TotpDep, password: Password = "", code: Code = "") -> Response:
    """Turn two-step sign-in off."""
    await totp.turn_off(person.user_id, password, proof_of(code))
    return RedirectResponse(_HERE, 303)


@router.post("/sign-out", dependencies=[FromOwnPage])
async def leave(visit: VisitDep) -> Response:
    """Forget who is signed in in this browser."""
    await visit.web.sign_out(visit.browser)
    return RedirectResponse(_HERE, 303)
