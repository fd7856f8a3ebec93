"""Renders our pages: escaped by default, styled by one small sheet, never cached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

from hivesync_server.http.client_address import is_this_machine
from hivesync_server.resources import ResourcesDep

_FOLDER = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)

_ASSETS = {
    "icon.svg": "image/svg+xml",
    "site.css": "text/css",
    "fragment.js": "text/javascript",
    "admin.css": "text/css",
    "admin.js": "text/javascript",
    "vendor/htmx.min.js": "text/javascript",
    "vendor/uplot.min.js": "text/javascript",
    "vendor/uplot.min.css": "text/css",
}

router = APIRouter(include_in_schema=False)


def page(name: str, status: int = 200, **values: Any) -> Response:
    """Give a page made from the template `name`."""
    return HTMLResponse(_templates.get_template(name).render(values), status_code=status)


def message(title: str, text: str, status: int = 200, onward: tuple[str, str] | None = None) -> Response:
    """Give a page that only says something. `onward`: a path of ours to go on to, and its words."""
    return page("message.html", status, title=title, text=text, onward=onward)


@router.get("/")
async def start(request: Request, resources: ResourcesDep) -> Response:
    """Say what answers here, and where its documentation is."""
    return page("start.html", local=resources.settings.env == "local" and is_this_machine(request))


@router.get("/static/{name:path}")
async def asset(name: str) -> Response:
    """Give a style sheet or a script of our pages, of a closed list."""
    if name not in _ASSETS:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=3600"}
    return FileResponse(_FOLDER / "static" / name, media_type=_ASSETS[name], headers=headers)
