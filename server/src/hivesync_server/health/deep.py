"""Looks at everything that the server needs while it runs, by the checks of the deployment checklist."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from hivesync_server.checks import Finding, State, services, stores
from hivesync_server.checks.checklist import Check
from hivesync_server.checks.finding import fail
from hivesync_server.settings import Settings

_SECONDS = 8.0
_CHECKS: dict[str, Check] = {
    "database": stores.database,
    "redis": stores.cache,
    "buckets": stores.buckets,
    "worker": services.worker,
    "mail": services.mail,
}


@dataclass(frozen=True, slots=True)
class Examined:
    """One finding. `remedy` says what to do; it is empty when there is nothing to do."""

    name: str
    state: State
    detail: str
    remedy: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class DeepHealth:
    """`ok` unless something failed; warnings don't count."""

    ok: bool
    findings: list[Examined]


async def examine(settings: Settings) -> DeepHealth:
    """Run all checks side by side; one that hangs is a failure."""
    groups = await asyncio.gather(*(_one(name, check, settings) for name, check in _CHECKS.items()))
    findings = [finding for group in groups for finding in group]
    return DeepHealth(all(finding.state is not State.FAIL for finding in findings), findings)


async def _one(name: str, check: Check, settings: Settings) -> list[Examined]:
    began = time.perf_counter()
    findings: list[Finding]
    try:
        async with asyncio.timeout(_SECONDS):
            findings = await check(settings)
    except TimeoutError:
        remedy = "Look whether a firewall swallows what is sent."
        findings = [fail(name, f"No answer within {_SECONDS:.0f} seconds.", remedy)]
    spent = round((time.perf_counter() - began) * 1000, 1)
    return [Examined(found.name, found.state, found.detail, found.remedy, spent) for found in findings]
