"""Checks of the way in: what a client meets at `BASE_URL`, through DNS, TLS and nginx."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from hivesync_server import __version__
from hivesync_server.checks.finding import Finding, fail, ok, skip, warn
from hivesync_server.health.way_in import STREAM_SECONDS
from hivesync_server.http.client_address import ToldBy
from hivesync_server.settings import Settings
from hivesync_server.settings.safety import is_loopback

_SECONDS = 10.0
_CLAIMED = "203.0.113.77"
"""An address that nobody has (RFC 5737): whoever is seen by it was believed."""

_EXPIRES_SOON = timedelta(days=14)
"""certbot renews 30 days before the end; so little time left says that it does not."""


async def certificate(settings: Settings) -> list[Finding]:
    """Look whether the certificate is valid, and for how long."""
    url = httpx.URL(settings.http.base_url)
    if url.scheme != "https":
        if settings.env == "local":
            return [skip("tls", "BASE_URL is no https address.")]
        return [fail("tls", "BASE_URL is no https address.", "Run certbot, and set BASE_URL to https.")]
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(
                url.host, url.port or 443, ssl=ssl.create_default_context()
            )
    except ssl.SSLCertVerificationError as error:
        remedy = f"Run `certbot --nginx -d {url.host}`."
        return [fail("tls", f"The certificate is not valid: {error.verify_message}", remedy)]
    except (TimeoutError, OSError) as error:
        remedy = "Check DNS, the firewall (ports 80 and 443), and that nginx runs."
        return [fail("tls", f"{url.host} does not answer: {error or type(error).__name__}", remedy)]
    named: dict[str, Any] = writer.get_extra_info("peercert") or {}
    writer.close()
    left = datetime.fromtimestamp(ssl.cert_time_to_seconds(named["notAfter"]), UTC) - datetime.now(UTC)
    if left < _EXPIRES_SOON:
        detail = f"The certificate ends in {left.days} days."
        return [warn("tls", detail, "Look into `systemctl status certbot.timer`, or run `certbot renew`.")]
    return [ok("tls", f"The certificate is valid for {left.days} days.")]


async def base_url(settings: Settings) -> list[Finding]:
    """Look whether this server answers at its public address."""
    url = settings.http.base_url
    trust_env = not is_loopback(httpx.URL(url).host)
    async with httpx.AsyncClient(base_url=url, timeout=_SECONDS, trust_env=trust_env) as client:
        try:
            answer = await client.get("/api/v1/health")
            version = str(answer.json()["version"])
        except httpx.HTTPError as error:
            detail = f"{url} does not answer: {type(error).__name__}."
            return [fail("server", detail, "Start the server, and nginx in front of it.")]
        except (ValueError, KeyError, TypeError):
            remedy = "Look whether nginx passes everything to 127.0.0.1:8000 (deploy/nginx/hivesync.conf)."
            return [fail("server", f"Something else answers at {url}: status {answer.status_code}.", remedy)]
    if version != __version__:
        detail = f"Release {version} answers at {url}; this is {__version__}."
        return [warn("server", detail, "Restart the server with this release.")]
    return [ok("server", f"It answers at {url}.")]


async def way_in(settings: Settings) -> list[Finding]:
    """Look whether the proxy tells who asks, lets nobody claim to be another, and holds no stream back."""
    if settings.env == "local" and is_loopback(httpx.URL(settings.http.base_url).host):
        return [skip("proxy", "BASE_URL is this server itself.")]
    return await through_proxy(settings.http.base_url)


async def through_proxy(url: str) -> list[Finding]:
    """Ask the server at a public address how it sees us, claiming an address that is not ours."""
    trust_env = not is_loopback(httpx.URL(url).host)
    arrivals: list[tuple[float, dict[str, str]]] = []
    async with httpx.AsyncClient(base_url=url, timeout=_SECONDS, trust_env=trust_env) as client:
        try:
            async with client.stream(
                "GET", "/api/v1/health/way-in", headers={"X-Real-IP": _CLAIMED}
            ) as answer:
                answer.raise_for_status()
                async for line in answer.aiter_lines():
                    if line.startswith("data: "):
                        arrivals.append((time.monotonic(), json.loads(line.removeprefix("data: "))))
            (first, seen), (last, _) = arrivals
            return [_address(seen["address"], seen["told_by"]), _stream(last - first)]
        except (httpx.HTTPError, ValueError, KeyError) as error:
            detail = f"It can't be looked through: {type(error).__name__}; see the line `server`."
            return [skip("proxy", detail)]


def _address(address: str, told_by: str) -> Finding:
    if address == _CLAIMED:
        remedy = "Have it send `proxy_set_header X-Real-IP $remote_addr;` (deploy/nginx/hivesync.conf)."
        return fail("proxy", "It passes on what clients claim to be: all may evade limits.", remedy)
    if told_by == ToldBy.STRANGER:
        remedy = f"Add {address} to TRUSTED_PROXIES, if that is your proxy."
        return fail("proxy", f"The server does not believe {address}: all visitors are one to it.", remedy)
    if told_by == ToldBy.CONNECTION:
        remedy = "Have it send `proxy_set_header X-Real-IP $remote_addr;` (deploy/nginx/hivesync.conf)."
        return fail("proxy", "It does not tell who asks: all visitors share limits.", remedy)
    return ok("proxy", f"It tells who asks, and nobody can claim to be another (we are {address}).")


def _stream(gap_seconds: float) -> Finding:
    if gap_seconds < STREAM_SECONDS / 2:
        remedy = "Switch its buffering off, or let it heed `X-Accel-Buffering: no`, as nginx does by itself."
        return fail("streams", "The proxy keeps streams back: events would come late or never.", remedy)
    return ok("streams", "They come through at once.")
