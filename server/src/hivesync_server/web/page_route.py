"""Routes of pages for who is signed in: failures are answered by pages, and strangers sent to the sign-in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from hivesync_contract.errors import HiveSyncError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hivesync_server.http.route import ApiRoute
from hivesync_server.web.pages import message
from hivesync_server.web.sign_in_pages import please_wait


class SignedOut(Exception):
    """Nobody is signed in in this browser: on to the sign-in."""


class PageRoute(ApiRoute):
    """By the time a failure is answered the transaction has been rolled back."""

    sign_in: ClassVar[str]
    back: ClassVar[tuple[str, str]]
    """Where the page of a failure leads, and what its link says."""

    @staticmethod
    def is_momentary(error: HiveSyncError) -> bool:
        """Tell whether waiting is all there is to do."""
        return error.status == 429 or error.retryable

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's handler."""
        original = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await original(request)
            except SignedOut:
                return RedirectResponse(self.sign_in, 303)
            except HiveSyncError as error:
                if self.is_momentary(error):
                    return please_wait(error)
                return message("That did not work", error.detail, error.status, self.back)

        return handle
