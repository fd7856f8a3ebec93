"""One request of a browser to our pages: which browser it is, and who is signed in there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Request
from starlette.responses import Response

from hivesync_server.http.client_address import client_address
from hivesync_server.resources import Resources, ResourcesDep, TransactionDep
from hivesync_server.web.browser import Browser, WebSessions, browser_of, check_form

Csrf = Annotated[str, Form(max_length=128)]


@dataclass(frozen=True, slots=True)
class Visit:
    """What the pages with a cookie know of a request."""

    resources: Resources
    browser: Browser
    web: WebSessions
    address: str

    def show(self, response: Response) -> Response:
        """Answer, and have the browser known when it comes back."""
        return self.browser.remember(response, self.resources.settings.http)


async def _visit(request: Request, resources: ResourcesDep, transaction: TransactionDep) -> Visit:
    http = resources.settings.http
    browser = browser_of(request, http, resources.settings.tokens)
    web = WebSessions(transaction.session, resources.clock())
    return Visit(resources, browser, web, client_address(request, http.trusted_proxies))


VisitDep = Annotated[Visit, Depends(_visit)]


async def _from_own_page(request: Request, visit: VisitDep, csrf: Csrf = "") -> None:
    check_form(request, visit.browser, csrf, visit.resources.settings.http.base_url)


FromOwnPage = Depends(_from_own_page)
"""For every form that does something for the browser's user."""
