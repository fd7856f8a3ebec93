"""What a browser shows for an address that we don't have; programs get a problem, as for every error."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from hivesync_server import problems
from hivesync_server.web.pages import message


def install(app: FastAPI, api_prefix: str) -> None:
    """Answer 404 by a page where a person looks: outside of the API, where HTML is asked for."""

    async def missing(request: Request, error: Exception) -> Response:
        wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        if wants_page and not request.url.path.startswith(f"{api_prefix}/"):
            return message(
                "Nothing is here", "This server has no such page.", 404, ("/", "To the start page")
            )
        return await problems.on_framework_error(request, error)

    app.add_exception_handler(404, missing)
