"""The pages of device sign-in: type the code, sign in, and decide, having seen what asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from hivesync_server.auth.device.endpoints import DeviceSignInDep
from hivesync_server.auth.device.service import DeviceSignIn, normal_user_code
from hivesync_server.auth.errors import AuthInvalid
from hivesync_server.auth.schemas import normal_login
from hivesync_server.auth.services import AccountsDep
from hivesync_server.auth.tables import DeviceCodeRow, UserRow
from hivesync_server.auth.throttle import TooManyTries
from hivesync_server.http.client_address import client_address
from hivesync_server.http.route import ApiRoute
from hivesync_server.resources import Resources, ResourcesDep, TransactionDep
from hivesync_server.web.browser import Browser, WebSessions, browser_of, check_form, new_browser
from hivesync_server.web.pages import message, page

GUESSES_MAX = 10
GUESSES_SECONDS = 900

router = APIRouter(prefix="/device", include_in_schema=False, route_class=ApiRoute)

Code = Annotated[str, Form(max_length=32)]
Csrf = Annotated[str, Form(max_length=128)]


@dataclass(frozen=True, slots=True)
class _Visit:
    """One request to these pages."""

    resources: Resources
    browser: Browser
    web: WebSessions
    address: str

    async def may_guess(self) -> bool:
        """Count a code of this address; tell whether it may be looked at.

        Before it is: one that is refused must be refused when it is right, and however many come at once.
        """
        count = await self.resources.cache.increment(f"guess:code:{self.address}", GUESSES_SECONDS)
        return count <= GUESSES_MAX

    async def was_right(self) -> None:
        """Take the count back: a network may have many people, as long as they don't guess."""
        await self.resources.cache.take_back(f"guess:code:{self.address}")

    def show(self, response: Response) -> Response:
        return self.browser.remember(response, self.resources.settings.http)


def _visit(request: Request, resources: ResourcesDep, transaction: TransactionDep) -> _Visit:
    http = resources.settings.http
    browser = browser_of(request, http, resources.settings.tokens)
    web = WebSessions(transaction.session, resources.clock())
    return _Visit(resources, browser, web, client_address(request, http.trusted_proxies))


VisitDep = Annotated[_Visit, Depends(_visit)]


def _from_own_page(request: Request, visit: VisitDep, csrf: Csrf = "") -> None:
    check_form(request, visit.browser, csrf, visit.resources.settings.http.base_url)


@router.get("")
async def show(
    visit: VisitDep, devices: DeviceSignInDep, user_code: Annotated[str, Query(max_length=32)] = ""
) -> Response:
    """Ask for the code, for the sign-in, or for the decision: whatever is next."""
    user = await visit.web.user(visit.browser)
    if user is None:
        return visit.show(_sign_in_page(visit, user_code))
    if not user_code:
        return visit.show(_code_page(visit, user))
    return await _consent(visit, devices, user, user_code)


@router.post("/sign-in", dependencies=[Depends(_from_own_page)])
async def sign_in(
    visit: VisitDep,
    accounts: AccountsDep,
    login: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=256)] = "",
    user_code: Code = "",
) -> Response:
    """Sign in in this browser, then go on with the code. The way on is ours, never the caller's."""
    try:
        user = await accounts.recognise(normal_login(login), password, visit.address)
    except AuthInvalid as error:
        return visit.show(_sign_in_page(visit, user_code, error.detail, 401))
    except TooManyTries as error:
        return _please_wait(error)
    browser = new_browser(visit.resources.settings.tokens)
    await visit.web.sign_out(visit.browser)
    await visit.web.sign_in(browser, user)
    return browser.remember(_to_code(user_code), visit.resources.settings.http)


@router.post("/decision", dependencies=[Depends(_from_own_page)])
async def decide(
    visit: VisitDep,
    devices: DeviceSignInDep,
    user_code: Code = "",
    decision: Annotated[str, Form(max_length=16)] = "",
) -> Response:
    """Approve or deny a sign-in."""
    user = await visit.web.user(visit.browser)
    if user is None:
        return _to_code(user_code)
    row = await _pending(visit, devices, user, user_code)
    if isinstance(row, Response):
        return row
    approve = decision == "approve"
    devices.decide(row, user, approve=approve)
    await visit.web.sign_out(visit.browser)
    if approve:
        return message("Signed in", "You can close this page and go back to your program.")
    return message("Denied", "Nothing was signed in. You can close this page.")


async def _consent(visit: _Visit, devices: DeviceSignIn, user: UserRow, typed: str) -> Response:
    row = await _pending(visit, devices, user, typed)
    if isinstance(row, Response):
        return row
    response = page(
        "device_consent.html",
        csrf=visit.browser.csrf,
        user=user.username,
        user_code=row.user_code,
        client=row.client_name,
        address=row.client_address,
        asked_at=row.created_at.strftime("%H:%M UTC"),
    )
    return visit.show(response)


async def _pending(
    visit: _Visit, devices: DeviceSignIn, user: UserRow, typed: str
) -> DeviceCodeRow | Response:
    """Give the sign-in that a typed code stands for, or the page that says why there is none."""
    if not await visit.may_guess():
        return _too_many()
    row = await devices.pending(normal_user_code(typed))
    if row is None:
        return visit.show(_code_page(visit, user, "That code is unknown or has expired.", 404))
    await visit.was_right()
    return row


def _sign_in_page(visit: _Visit, user_code: str, error: str = "", status: int = 200) -> Response:
    return page("device_sign_in.html", status, csrf=visit.browser.csrf, user_code=user_code, error=error)


def _code_page(visit: _Visit, user: UserRow, error: str = "", status: int = 200) -> Response:
    return page("device_code.html", status, user=user.username, error=error)


def _to_code(user_code: str) -> Response:
    return RedirectResponse("/device?" + urlencode({"user_code": normal_user_code(user_code)}), 303)


def _please_wait(error: TooManyTries) -> Response:
    response = message("Please wait", error.detail, error.status)
    response.headers.update(error.headers)
    return response


def _too_many() -> Response:
    text = "Too many wrong attempts from your network. Wait 15 minutes, then try again."
    response = message("Please wait", text, 429)
    response.headers["Retry-After"] = str(GUESSES_SECONDS)
    return response
