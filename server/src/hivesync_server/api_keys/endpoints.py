"""Routes of API keys. No key reaches them: else one that leaked would make its own successors."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from hivesync_contract.api_keys import ApiKey, ApiKeyCreated
from hivesync_contract.pages import Page

from hivesync_server.api_keys.schemas import ApiKeyCreateBody
from hivesync_server.api_keys.service import ApiKeysDep
from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http import idempotency
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute

router = APIRouter(
    prefix="/api-keys",
    tags=["api-keys"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotency.idempotent)],
)


@router.post("", status_code=201)
async def create(
    body: ApiKeyCreateBody,
    principal: CurrentPrincipal,
    keys: ApiKeysDep,
    request: Request,
    response: Response,
) -> ApiKeyCreated:
    """Make a key. This answer is the only one that shows it."""
    response.headers["Cache-Control"] = "no-store"
    idempotency.show_once(request, "key")
    return await keys.create(principal.user_id, body)


@router.get("")
async def list_keys(principal: CurrentPrincipal, keys: ApiKeysDep, page: PageQuery) -> Page[ApiKey]:
    """List the caller's keys, newest first, without what makes them work."""
    rows = await keys.repository.page(principal.user_id, page.after, page.limit)
    shapes = await keys.shapes(rows)
    return page.page(rows, lambda row: row.id, lambda row: shapes[row.id])


@router.delete("/{api_key_id}", status_code=204)
async def delete(api_key_id: ResourceId, principal: CurrentPrincipal, keys: ApiKeysDep) -> None:
    """End a key at once; streams that it holds open end with it."""
    await keys.delete(api_key_id, principal.user_id)
