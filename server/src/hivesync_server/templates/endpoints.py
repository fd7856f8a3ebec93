"""The route of templates."""

from __future__ import annotations

from fastapi import APIRouter
from hivesync_contract.pages import Page
from hivesync_contract.projects import ProjectTemplate

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http.route import ApiRoute
from hivesync_server.templates.catalog import templates

router = APIRouter(prefix="/projects/templates", tags=["projects"], route_class=ApiRoute)


@router.get("")
async def list_templates(_: CurrentPrincipal) -> Page[ProjectTemplate]:
    """List what a new project can begin with: all of it, the simplest first."""
    return Page(list(templates().values()))
