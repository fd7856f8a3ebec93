"""Resend, through its own SDK, which keeps key, address and HTTP client in globals of its module.

They are set before each call: the SDK reads them before it first waits, so two providers in one process
(as in tests) can't mix.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import resend
from resend.exceptions import NoContentError, ResendError
from resend.http_client_async import AsyncHTTPClient

from hivesync_server.adapters.tracing import NoTracing, Tracing
from hivesync_server.mails.provider import Letter, MailAway, MailHeldBack, MailRefused
from hivesync_server.settings.groups import MailSettings

SEND_SECONDS = 15.0
"""For one mail, everything included."""

_SENT_BEFORE = "invalid_idempotent_request"
_MISCONFIGURED = frozenset({401, 403, 404, 405})
"""The key, the sender's domain or the address of the API: not this mail's fault, so it waits."""

_UNKNOWN = frozenset({408, 409, 425})
_SENDING_ONLY = "restricted_api_key"


class _Client(AsyncHTTPClient):
    """The SDK's way to the network, over our client: kept connections, our limits, no redirects."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        json: dict[str, object] | list[object] | None = None,
        files: dict[str, Any] | None = None,
        data: dict[str, str] | None = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        answer = await self._http.request(
            method, url, headers=dict(headers), json=json, files=files, data=data
        )
        return answer.content, answer.status_code, answer.headers


@dataclass(frozen=True, slots=True)
class ResendProvider:
    """Carries mails by Resend's HTTP API; its `Idempotency-Key` is the mail's id."""

    http: httpx.AsyncClient
    settings: MailSettings
    tracing: Tracing = field(default_factory=NoTracing)

    async def send(self, letter: Letter) -> str:
        """Hand a mail over; see `MailProvider`."""
        headers = {}
        if letter.unsubscribe_url:
            headers = {
                "List-Unsubscribe": f"<{letter.unsubscribe_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        params: resend.Emails.SendParams = {
            "from": self.settings.sender,
            "to": [letter.recipient],
            "subject": letter.subject,
            "text": letter.text,
            "html": letter.html,
            "headers": headers,
        }
        try:
            with self.tracing.call("send mail", "resend"):
                async with asyncio.timeout(SEND_SECONDS):
                    self._configure()
                    answer = await resend.Emails.send_async(params, {"idempotency_key": letter.key})
        except ResendError as error:
            if error.error_type == _SENT_BEFORE:
                # An earlier try arrived; since then the sender's address or our wording has changed.
                return ""
            raise _outcome(error) from error
        except (TimeoutError, NoContentError) as error:
            raise MailAway("Resend did not answer in time.") from error
        identifier = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(identifier, str) or not identifier:
            raise MailAway("Resend's answer names no mail.")
        return identifier

    async def check_key(self) -> None:
        """Ask Resend whether it knows our key; raise `MailAway` or `MailHeldBack`. It sends nothing."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                self._configure()
                await resend.Domains.list_async()
        except ResendError as error:
            if error.error_type == _SENDING_ONLY:  # may not look at domains, which is as it should be
                return
            raise _outcome(error) from error
        except (TimeoutError, NoContentError) as error:
            raise MailAway("Resend did not answer in time.") from error

    def _configure(self) -> None:
        resend.api_key = self.settings.resend_api_key.reveal()
        resend.api_url = self.settings.resend_url
        resend.default_async_http_client = _Client(self.http)


def _outcome(error: ResendError) -> Exception:
    status, reason = int(error.code), f"{error.code} {error.error_type}"
    if status in _MISCONFIGURED:
        return MailHeldBack(reason, misconfigured=True)
    if status == 429:
        return MailHeldBack(reason, _seconds(error.headers))
    if status in _UNKNOWN or status >= 500:
        return MailAway(reason)
    return MailRefused(f"{reason}: {error.message}"[:300])


def _seconds(headers: Mapping[str, str]) -> float | None:
    named = {name.lower(): value for name, value in headers.items()}
    value = named.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else None
