"""`/security/api-keys`: a user's keys for programs, in a browser. A key is shown once, as it is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from hivesync_contract.api_keys import ApiKeyScope
from hivesync_contract.errors import ErrorCode, HiveSyncError
from starlette.responses import RedirectResponse, Response

from hivesync_server.api_keys.schemas import ApiKeyCreateBody
from hivesync_server.api_keys.service import KEYS_MAX, ApiKeysDep
from hivesync_server.http.fields import Line, ResourceId
from hivesync_server.web.security_page import PersonDep, SecurityRoute
from hivesync_server.web.visits import FromOwnPage

_HERE = "/security/api-keys"
_DAYS_MAX = 3650


class ApiKeysRoute(SecurityRoute):
    """See `PageRoute`."""

    back = (_HERE, "Back to your API keys")


class Nameless(HiveSyncError):
    """Who finds a key that is in use wherever has only its name to know it by."""

    code = ErrorCode.VALIDATION_ERROR


router = APIRouter(prefix=_HERE, include_in_schema=False, route_class=ApiKeysRoute)


@router.get("")
async def show(person: PersonDep, keys: ApiKeysDep) -> Response:
    """Show the keys, newest first, and the form that makes one."""
    rows = await keys.repository.page(person.user_id, None, KEYS_MAX)
    return person.show("api_keys.html", keys=list((await keys.shapes(rows)).values()), now=keys.now)


@router.post("", dependencies=[FromOwnPage])
async def create(
    person: PersonDep,
    keys: ApiKeysDep,
    name: Annotated[Line, Form(max_length=120)] = "",
    scope: Annotated[ApiKeyScope, Form()] = ApiKeyScope.READ,
    days: Annotated[int, Form(ge=0, le=_DAYS_MAX)] = 0,
) -> Response:
    """Make a key that lasts so many days, or 0 for good, and show it this once."""
    if not name:
        raise Nameless("Give the key a name.")
    expires_at = keys.now + timedelta(days=days) if days else None
    made = await keys.create(person.user_id, ApiKeyCreateBody(name, scope, expires_at=expires_at))
    return person.show("api_key.html", made=made)


@router.post("/{api_key_id}/end", dependencies=[FromOwnPage])
async def end(api_key_id: ResourceId, person: PersonDep, keys: ApiKeysDep) -> Response:
    """End a key at once."""
    await keys.delete(api_key_id, person.user_id)
    return RedirectResponse(_HERE, 303)
