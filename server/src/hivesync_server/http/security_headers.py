"""Headers that keep browsers from doing more with our answers than they should."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""Content-Security-Policy of our pages: own style sheet, own forms, no script, no frame."""

_PAGE_REFERRER = "same-origin"
"""Not `no-referrer`: with it browsers send even our own forms with `Origin: null` (Fetch §3.1)."""

_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True)
class SecurityHeaders:
    """ASGI middleware. `https` adds HSTS; local development by http must not have it."""

    app: ASGIApp
    https: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add what its answer lacks."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _complete(self, headers: MutableHeaders) -> None:
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        is_page = headers.get("content-type", "").startswith("text/html")
        headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else _API_POLICY)
        headers.setdefault("Referrer-Policy", _PAGE_REFERRER if is_page else "no-referrer")
        headers.setdefault("Cache-Control", "no-store" if is_page else "private, no-cache")
        if self.https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
