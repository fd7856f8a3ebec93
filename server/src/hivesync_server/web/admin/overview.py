"""The overview, sign-in and sign-out, and the chores of maintenance."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from hivesync_server.admin.exports import ExportOf
from hivesync_server.admin.maintenance import Chore, do
from hivesync_server.web.admin.desk import AdminRoute, PageDeskDep
from hivesync_server.web.admin.listing import duration, work
from hivesync_server.web.sign_in_pages import Place, sign_in_page
from hivesync_server.web.visits import FromOwnPage, VisitDep

router = APIRouter(prefix="/admin", include_in_schema=False, route_class=AdminRoute)

Password = Annotated[str, Form(max_length=1024)]
_CHORES = {
    Chore.SWEEP: (
        "Sweep now",
        "Deletes what is over: ended sessions, old events and the like. That happens every hour by itself.",
    ),
    Chore.REQUEUE_MAILS: (
        "Send failed mails again",
        "Tries all mails anew that were given up and can still be of use: no link that has run out.",
    ),
}


@router.get("")
async def overview(desk: PageDeskDep) -> Response:
    """Show how everything stands."""
    seen = await desk.desk.figures.overview()
    return desk.show("overview.html", "overview", seen=seen, duration=duration, work=work)


@router.get("/figures")
async def figures(desk: PageDeskDep) -> Response:
    """Give the part of the overview that changes, which the page asks for every few seconds."""
    seen = await desk.desk.figures.overview()
    return desk.show("figures.html", "overview", seen=seen, duration=duration, work=work)


@router.get("/sign-in")
async def show_sign_in(visit: VisitDep) -> Response:
    """Ask for the sign-in."""
    return sign_in_page(visit, Place.ADMIN)


@router.post("/sign-out", dependencies=[FromOwnPage])
async def sign_out(visit: VisitDep) -> Response:
    """Forget the browser."""
    await visit.web.sign_out(visit.browser)
    return RedirectResponse("/admin/sign-in", 303)


@router.get("/maintenance")
async def maintenance(desk: PageDeskDep, done: str = "") -> Response:
    """Show the chores, and what can be exported."""
    titles = {chore.value: words for chore, words in _CHORES.items()}
    return desk.show("maintenance.html", "maintenance", chores=titles, exports=list(ExportOf), done=done[:16])


@router.post("/maintenance/{chore}", dependencies=[FromOwnPage])
async def maintain(chore: Chore, desk: PageDeskDep, password: Password = "") -> Response:
    """Do a chore now."""
    await desk.confirm(password)
    changed = await do(desk.desk, chore)
    return RedirectResponse(f"/admin/maintenance?done={changed}", 303)
