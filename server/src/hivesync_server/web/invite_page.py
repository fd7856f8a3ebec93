"""`/invites`: where the mail of an invite leads. It says what to do, and the same to everybody."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from hivesync_server.web.pages import message

_TEXT = (
    "Sign in to HiveSync with the account of the address or name that was invited. If you have none, create "
    "one with that address and confirm it. The invite is then in your list of invites, to accept or decline."
)

router = APIRouter(include_in_schema=False)


@router.get("/invites")
async def invites() -> Response:
    """Tell how to answer an invite."""
    return message("You were invited to a project", _TEXT)
