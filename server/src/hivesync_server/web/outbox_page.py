"""`/dev/outbox`: the mails of a local server, for the developer on the same machine and nobody else."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hivesync_server.http.client_address import is_this_machine
from hivesync_server.http.route import ApiRoute
from hivesync_server.http.security_headers import PAGE_POLICY
from hivesync_server.mails.tables import MailRow
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.web.pages import page

_SHOWN = 50
_KEPT = "Mails of this local server; none of them was sent."
_SENT = "Mails of this local server, which are sent by Resend."
_POLICY = PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""A mail brings its styles with it, and its frame is bound by the policy of our page. Scripts stay out."""

router = APIRouter(prefix="/dev", include_in_schema=False, route_class=ApiRoute)


@router.get("/outbox")
async def outbox(request: Request, resources: ResourcesDep, transaction: TransactionDep) -> Response:
    """Show the newest mails."""
    if resources.settings.env != "local" or not is_this_machine(request):
        raise HTTPException(404)
    newest = select(MailRow).order_by(MailRow.id.desc()).limit(_SHOWN)
    sent = resources.settings.mail.provider != "outbox"
    response = page(
        "outbox.html",
        mails=(await transaction.session.scalars(newest)).all(),
        note=_SENT if sent else _KEPT,
    )
    response.headers["Content-Security-Policy"] = _POLICY
    return response
