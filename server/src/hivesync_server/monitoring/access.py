"""Who may look inside: the operator's programs, by a token of their own, and admins."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from hivesync_server.admin.access import admin_of
from hivesync_server.auth.dependencies import current_principal, reading
from hivesync_server.resources import Resources, ResourcesDep

_bearer = HTTPBearer(auto_error=False, description="`METRICS_TOKEN`, or the access token of an admin.")


async def watcher(
    connection: HTTPConnection,
    resources: ResourcesDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Let in who has `METRICS_TOKEN`, and admins; others get the answer that their credentials deserve."""
    if credentials is not None and _is_token(resources, credentials.credentials):
        return
    principal = await current_principal(connection, credentials)
    async with reading(connection, resources) as session:
        await admin_of(session, principal.user_id)


def _is_token(resources: Resources, presented: str) -> bool:
    token = resources.settings.metrics_token.reveal()
    return bool(token) and hmac.compare_digest(token.encode(), presented.encode())


Watcher = Depends(watcher)
"""For routes that show the server's inside."""
