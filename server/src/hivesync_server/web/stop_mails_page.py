"""Where the links lead that end mails. Opening one only asks: scanners and previews open links, too."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hivesync_server.http.fields import ResourceId
from hivesync_server.http.route import ApiRoute
from hivesync_server.notifications.service import NotificationsDep, stop_links_of
from hivesync_server.notifications.stop_links import DIGEST, PATH
from hivesync_server.resources import ResourcesDep
from hivesync_server.web.pages import message, page

_GATHERED = "any notification but security events"

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=ApiRoute)


@router.get("/{user_id}/{what}/{signature}")
async def ask(user_id: ResourceId, what: str, signature: str, resources: ResourcesDep) -> Response:
    """Ask whether the mails shall end."""
    _check(resources, user_id, what, signature)
    return page("stop_mails.html", what=_GATHERED if what == DIGEST else what.replace("_", " "))


@router.post("/{user_id}/{what}/{signature}")
async def stop(
    user_id: ResourceId, what: str, signature: str, resources: ResourcesDep, notifications: NotificationsDep
) -> Response:
    """End them. Mail programs post here by themselves, with no cookie and from anywhere."""
    _check(resources, user_id, what, signature)
    if await notifications.users.by_id(user_id) is not None:
        await notifications.stop_mails(user_id, what)
    return message("No such mails any more", "Your notification settings say so, and can be changed.")


def _check(resources: ResourcesDep, user_id: str, what: str, signature: str) -> None:
    if not stop_links_of(resources).is_right(user_id, what, signature):
        raise HTTPException(404)
