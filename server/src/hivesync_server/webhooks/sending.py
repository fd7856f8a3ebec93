"""Sends one message, and tells what became of it. It knows no database, and raises nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from hivesync_contract import headers
from hivesync_contract.signing import sign_webhook
from hivesync_contract.webhooks import DeliveryFailure

from hivesync_server import __version__
from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.outbound.client import Outbound, OutboundFailed
from hivesync_server.adapters.outbound.targets import TargetRefused
from hivesync_server.webhooks.patience import read_retry_after

_FIXED_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "*/*",
    "User-Agent": f"HiveSync-Webhooks/{__version__}",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `secrets`: all that sign it."""

    id: str
    url: str
    body: str
    secrets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try went. `retry_after`: how long the other server wants to be left alone."""

    failure: DeliveryFailure | None
    status: int | None = None
    duration_ms: int = 0
    retry_after: timedelta = timedelta()

    @property
    def is_gone(self) -> bool:
        return self.status == HTTPStatus.GONE


@dataclass(frozen=True, slots=True)
class Sender:
    """The way out."""

    outbound: Outbound
    clock: Clock

    async def send(self, message: Message) -> Outcome:
        """Try once. Anything but 2xx is a failure; a redirect is none that we follow."""
        started = time.monotonic()
        body = message.body.encode()
        try:
            target = self.outbound.target(message.url)
            with self.outbound.tracing.work("deliver webhook"):
                answer = await self.outbound.post(target, self._headers(message, body), body)
        except TargetRefused:
            return Outcome(DeliveryFailure.ADDRESS_REFUSED)
        except OutboundFailed as error:
            return Outcome(error.failure, duration_ms=_since(started))
        return Outcome(
            None if answer.is_success else DeliveryFailure.STATUS,
            answer.status,
            _since(started),
            read_retry_after(answer.headers.get("retry-after", ""), self.clock()),
        )

    def _headers(self, message: Message, body: bytes) -> dict[str, str]:
        timestamp = int(self.clock().timestamp())
        return _FIXED_HEADERS | {
            headers.WEBHOOK_ID: message.id,
            headers.WEBHOOK_TIMESTAMP: str(timestamp),
            headers.WEBHOOK_SIGNATURE: sign_webhook(message.secrets, message.id, timestamp, body),
        }


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
