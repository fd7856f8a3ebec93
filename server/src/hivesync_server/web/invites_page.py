"""`/invites`: where the mail of an invite leads. Signed in, one accepts or declines there."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from hivesync_contract.errors import HiveSyncError
from starlette.responses import RedirectResponse, Response

from hivesync_server.http.route import ApiRoute
from hivesync_server.team.errors import InviteSettled, InviteUnknown
from hivesync_server.team.invites import Invites, InvitesDep
from hivesync_server.team.shapes import invite_shape
from hivesync_server.web.pages import message, page
from hivesync_server.web.sign_in_pages import Place, sign_in_page
from hivesync_server.web.visits import FromOwnPage, Visit, VisitDep

SHOWN_MAX = 50
_BACK = ("/invites", "Back to your invites")

router = APIRouter(prefix="/invites", include_in_schema=False, route_class=ApiRoute)


@router.get("")
async def show(visit: VisitDep, invites: InvitesDep) -> Response:
    """Show what waits for an answer; before that, who asks must sign in."""
    user = await visit.web.user(visit.browser)
    if user is None:
        return sign_in_page(visit, Place.INVITES)
    found = await invites.mine(user.id, None, SHOWN_MAX)
    shapes = [invite_shape(entry) for entry in found[:SHOWN_MAX]]
    confirmed = user.email if user.email_verified else ""
    csrf = visit.browser.csrf
    return visit.show(page("invites.html", user=user.username, email=confirmed, invites=shapes, csrf=csrf))


@router.post("/answer", dependencies=[FromOwnPage])
async def answer(
    visit: VisitDep,
    invites: InvitesDep,
    invite_id: Annotated[str, Form(max_length=36)] = "",
    decision: Annotated[str, Form(max_length=16)] = "",
) -> Response:
    """Accept or decline one."""
    user = await visit.web.user(visit.browser)
    if user is None:
        return _back()
    try:
        text = await _answer(invites, user.id, invite_id, decision)
    except (InviteUnknown, InviteSettled) as error:  # raised before anything was changed
        return _said(visit, "That did not work", error)
    return visit.show(message("Thank you", text, onward=_BACK))


@router.post("/sign-out", dependencies=[FromOwnPage])
async def sign_out(visit: VisitDep) -> Response:
    """Forget who is signed in in this browser."""
    await visit.web.sign_out(visit.browser)
    return _back()


async def _answer(invites: Invites, user_id: str, invite_id: str, decision: str) -> str:
    try:
        invite_id = str(UUID(invite_id))
    except ValueError as error:
        raise InviteUnknown from error
    if decision == "accept":
        _, project = await invites.accept(invite_id, user_id)
        return f"You are a member of “{project.name}” now. Your editor shows it with your other projects."
    await invites.decline(invite_id, user_id)
    return "You declined the invite."


def _said(visit: Visit, title: str, error: HiveSyncError) -> Response:
    return visit.show(message(title, error.detail, error.status, _BACK))


def _back() -> Response:
    return RedirectResponse("/invites", 303)
