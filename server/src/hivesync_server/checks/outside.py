"""Checks of the way in: what a client meets at `BASE_URL`, through DNS, TLS and nginx."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from hivesync_server import __version__
from hivesync_server.checks.finding import Finding, fail, ok, skip, warn
from hivesync_server.settings import Settings
from hivesync_server.settings.safety import is_loopback

_SECONDS = 10.0
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
