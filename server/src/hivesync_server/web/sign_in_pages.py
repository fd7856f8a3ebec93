"""Sign-in on our pages: password, then the second factor where it is on, then on to a place of ours."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from hivesync_contract.errors import HiveSyncError
from starlette.responses import RedirectResponse, Response

from hivesync_server.audit.service import AuditAction, AuditDep
from hivesync_server.auth.device.service import normal_user_code
from hivesync_server.auth.errors import AuthInvalid
from hivesync_server.auth.passwords import HashingBusy
from hivesync_server.auth.schemas import normal_login
from hivesync_server.auth.services import AccountsDep
from hivesync_server.auth.throttle import TooManyTries
from hivesync_server.auth.totp.errors import TotpInvalid
from hivesync_server.auth.totp.proof import Proof
from hivesync_server.auth.totp.second_factor import SecondFactorDep
from hivesync_server.http.route import ApiRoute
from hivesync_server.web.pages import message, page
from hivesync_server.web.visits import FromOwnPage, Visit, VisitDep

router = APIRouter(include_in_schema=False, route_class=ApiRoute)

UserCode = Annotated[str, Form(max_length=32)]


class Place(StrEnum):
    """Where a sign-in leads. A closed list: neither a link nor a form can name an address of its own."""

    DEVICE = "device"
    INVITES = "invites"
    SECURITY = "security"
    ADMIN = "admin"


_TITLES = {
    Place.DEVICE: "Sign in to connect a program",
    Place.INVITES: "Sign in to answer an invite",
    Place.SECURITY: "Sign in to see your devices",
    Place.ADMIN: "Sign in as administrator",
}


@router.post("/{place}/sign-in", dependencies=[FromOwnPage])
async def sign_in(
    place: Place,
    visit: VisitDep,
    accounts: AccountsDep,
    factor: SecondFactorDep,
    audit: AuditDep,
    login: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=256)] = "",
    user_code: UserCode = "",
) -> Response:
    """Check the password, then go on: to the second step where there is one."""
    try:
        user = await accounts.recognise(normal_login(login), password, visit.address)
    except AuthInvalid as error:
        return sign_in_page(visit, place, user_code, error.detail, 401, login=login)
    except (TooManyTries, HashingBusy) as error:
        return please_wait(error)
    browser = visit.browser.renewed(visit.resources.settings.tokens)
    await visit.web.sign_out(visit.browser)
    awaits_code = await factor.is_on(user.id)
    if place is Place.ADMIN and not awaits_code:
        audit.note(AuditAction.ADMIN_SIGNED_IN, user.id)
    await visit.web.sign_in(browser, user, awaits_code=awaits_code)
    onward = to_code(place, user_code) if awaits_code else to_place(place, user_code)
    return browser.remember(onward, visit.resources.settings.http)


@router.get("/{place}/code")
async def show_code(
    place: Place, visit: VisitDep, user_code: Annotated[str, Query(max_length=32)] = ""
) -> Response:
    """Ask for the second factor of whoever has just given a right password."""
    if await visit.web.user(visit.browser, awaits_code=True) is None:
        return to_place(place, user_code)
    return _code_page(visit, place, user_code)


@router.post("/{place}/code", dependencies=[FromOwnPage])
async def check_code(
    place: Place,
    visit: VisitDep,
    factor: SecondFactorDep,
    audit: AuditDep,
    code: Annotated[str, Form(max_length=64)] = "",
    user_code: UserCode = "",
) -> Response:
    """Check the second factor; only now the browser is signed in."""
    user = await visit.web.user(visit.browser, awaits_code=True)
    if user is None:
        return to_place(place, user_code)
    try:
        await factor.check(user, proof_of(code))
    except TotpInvalid as error:
        return _code_page(visit, place, user_code, error.detail, 401)
    except TooManyTries as error:
        return please_wait(error)
    if place is Place.ADMIN:
        audit.note(AuditAction.ADMIN_SIGNED_IN, user.id)
    browser = visit.browser.renewed(visit.resources.settings.tokens)
    await visit.web.sign_out(visit.browser)
    await visit.web.sign_in(browser, user)
    return browser.remember(to_place(place, user_code), visit.resources.settings.http)


def sign_in_page(
    visit: Visit, place: Place, user_code: str = "", error: str = "", status: int = 200, *, login: str = ""
) -> Response:
    """Give the form that asks for the password. `login`: what was typed before, not to be typed again."""
    values = {"place": place.value, "user_code": user_code, "error": error, "title": _TITLES[place]}
    return visit.show(page("sign_in.html", status, csrf=visit.browser.csrf, login=login, **values))


def to_place(place: Place, user_code: str) -> Response:
    """Go on. The address is made of our own words and of a code that has a code's letters."""
    return RedirectResponse(address_of(place, user_code), 303)


def to_code(place: Place, user_code: str) -> Response:
    """Go to the second step."""
    return RedirectResponse(f"/{place.value}/code{_query(place, user_code)}", 303)


def address_of(place: Place, user_code: str) -> str:
    """Give the path of a place."""
    return f"/{place.value}{_query(place, user_code)}"


def please_wait(error: HiveSyncError) -> Response:
    """Say that it is too early to try again, and when it is not."""
    response = message("Please wait", error.detail, error.status)
    response.headers.update(getattr(error, "headers", {}))
    return response


def _query(place: Place, user_code: str) -> str:
    return "?" + urlencode({"user_code": normal_user_code(user_code)}) if place is Place.DEVICE else ""


def proof_of(typed: str) -> Proof:
    """Tell a code of the app from a recovery code, however it was typed."""
    digits = typed.replace(" ", "")
    is_totp = len(digits) == 6 and digits.isascii() and digits.isdigit()
    return Proof(totp_code=digits) if is_totp else Proof(recovery_code=typed or "-")


def _code_page(visit: Visit, place: Place, user_code: str, error: str = "", status: int = 200) -> Response:
    values = {"place": place.value, "user_code": user_code, "error": error}
    return visit.show(page("sign_in_code.html", status, csrf=visit.browser.csrf, **values))
