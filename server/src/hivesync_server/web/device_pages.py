"""The pages of device sign-in: type the code and decide, having signed in and seen what asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from hivesync_server.auth.device.endpoints import DeviceSignInDep
from hivesync_server.auth.device.service import DeviceSignIn, normal_user_code
from hivesync_server.auth.tables import DeviceCodeRow, UserRow
from hivesync_server.http.route import ApiRoute
from hivesync_server.web.pages import message, page
from hivesync_server.web.sign_in_pages import Place, UserCode, sign_in_page, to_place
from hivesync_server.web.visits import FromOwnPage, Visit, VisitDep

GUESSES_MAX = 10
GUESSES_SECONDS = 900

router = APIRouter(prefix="/device", include_in_schema=False, route_class=ApiRoute)


@router.get("")
async def show(
    visit: VisitDep, devices: DeviceSignInDep, user_code: Annotated[str, Query(max_length=32)] = ""
) -> Response:
    """Ask for the code, for the sign-in, or for the decision: whatever is next."""
    user = await visit.web.user(visit.browser)
    if user is None:
        return sign_in_page(visit, Place.DEVICE, user_code)
    if not user_code:
        return visit.show(_code_page(visit, user))
    return await _consent(visit, devices, user, user_code)


@router.post("/decision", dependencies=[FromOwnPage])
async def decide(
    visit: VisitDep,
    devices: DeviceSignInDep,
    user_code: UserCode = "",
    decision: Annotated[str, Form(max_length=16)] = "",
) -> Response:
    """Approve or deny a sign-in."""
    user = await visit.web.user(visit.browser)
    if user is None:
        return to_place(Place.DEVICE, user_code)
    row = await _pending(visit, devices, user, user_code)
    if isinstance(row, Response):
        return row
    approve = decision == "approve"
    devices.decide(row, user, approve=approve)
    await visit.web.sign_out(visit.browser)
    if approve:
        return message("Signed in", "You can close this page and go back to your program.")
    return message("Denied", "Nothing was signed in. You can close this page.")


async def _consent(visit: Visit, devices: DeviceSignIn, user: UserRow, typed: str) -> Response:
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
    visit: Visit, devices: DeviceSignIn, user: UserRow, typed: str
) -> DeviceCodeRow | Response:
    """Give the sign-in that a typed code stands for, or the page that says why there is none."""
    if not await _may_guess(visit):
        return _too_many()
    row = await devices.pending(normal_user_code(typed))
    if row is None:
        return visit.show(_code_page(visit, user, "That code is unknown or has expired.", 404))
    await _was_right(visit)
    return row


def _code_page(visit: Visit, user: UserRow, error: str = "", status: int = 200) -> Response:
    return page("device_code.html", status, user=user.username, error=error)


async def _may_guess(visit: Visit) -> bool:
    """Count a code of this address; tell whether it may be looked at.

    Before it is: one that is refused must be refused when it is right, and however many come at once.
    """
    count = await visit.resources.cache.increment(f"guess:code:{visit.address}", GUESSES_SECONDS)
    return count <= GUESSES_MAX


async def _was_right(visit: Visit) -> None:
    """Take the count back: a network may have many people, as long as they don't guess."""
    await visit.resources.cache.take_back(f"guess:code:{visit.address}")


def _too_many() -> Response:
    text = "Too many wrong attempts from your network. Wait 15 minutes, then try again."
    response = message("Please wait", text, 429)
    response.headers["Retry-After"] = str(GUESSES_SECONDS)
    return response
