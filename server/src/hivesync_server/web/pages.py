"""Renders our pages: escaped by default, styled by one small sheet, never cached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import FileResponse, HTMLResponse, Response

_FOLDER = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)

router = APIRouter(include_in_schema=False)


def page(name: str, status: int = 200, **values: Any) -> Response:
    """Give a page made from the template `name`."""
    return HTMLResponse(_templates.get_template(name).render(values), status_code=status)


def message(title: str, text: str, status: int = 200, onward: tuple[str, str] | None = None) -> Response:
    """Give a page that only says something. `onward`: a path of ours to go on to, and its words."""
    return page("message.html", status, title=title, text=text, onward=onward)


@router.get("/")
async def start() -> Response:
    """Say what answers here, and where its documentation is."""
    return page("start.html")


@router.get("/static/site.css")
async def style_sheet() -> Response:
    """Give the style of all pages."""
    return _static("site.css", "text/css")


@router.get("/static/fragment.js")
async def fragment_script() -> Response:
    """Give the script of the pages that links in mails open."""
    return _static("fragment.js", "text/javascript")


def _static(name: str, media_type: str) -> Response:
    headers = {"Cache-Control": "public, max-age=3600"}
    return FileResponse(_FOLDER / "static" / name, media_type=media_type, headers=headers)
