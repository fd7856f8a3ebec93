"""Runs all checks side by side, each with a deadline, and gives what they found as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from hivesync_server.checks import keys, outside, services, stores
from hivesync_server.checks.finding import Finding, fail, ok, warn
from hivesync_server.settings import Settings, safety

Check = Callable[[Settings], Awaitable[list[Finding]]]

CHECKS: dict[str, Check] = {
    "database": stores.database,
    "redis": stores.cache,
    "buckets": stores.buckets,
    "object store clock": stores.objects_clock,
    "disk": stores.disk,
    "worker": services.worker,
    "callback": services.callback,
    "ai": services.ai,
    "heartbeat": services.heartbeat,
    "keys": keys.keys,
    "mail": services.mail,
    "tls": outside.certificate,
    "server": outside.base_url,
    "proxy": outside.way_in,
}
"""By the name under which a check that takes too long is told."""

DEADLINE_SECONDS = 30.0


async def run_checks(settings: Settings) -> AsyncIterator[Finding]:
    """Give all findings; a check that hangs is one of them."""
    yield ok("settings", f"They can be used in {settings.env}.")
    for text in safety.warnings(settings):
        yield warn("settings", text, "Change the setting.")
    running = [asyncio.create_task(_finish(name, check, settings)) for name, check in CHECKS.items()]
    for finished in asyncio.as_completed(running):
        for finding in await finished:
            yield finding


async def _finish(name: str, check: Check, settings: Settings) -> list[Finding]:
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await check(settings)
    except TimeoutError:
        detail = f"No answer within {DEADLINE_SECONDS:.0f} seconds."
        return [fail(name, detail, "Look whether a firewall swallows what is sent.")]
