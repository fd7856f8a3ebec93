"""Puts the sending of mails together."""

from __future__ import annotations

import httpx

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.tls import trusted
from hivesync_server.alerts.incidents import Incident, incidents_on
from hivesync_server.mails.resend_provider import SEND_SECONDS, ResendProvider
from hivesync_server.mails.sender import MailSender
from hivesync_server.resources import Resources
from hivesync_server.settings.groups import MailSettings
from hivesync_server.settings.safety import is_loopback


def http_client(settings: MailSettings) -> httpx.AsyncClient:
    """Give a client for Resend; through the machine's proxy, unless the address is this machine itself."""
    trust_env = not is_loopback(httpx.URL(settings.resend_url).host)
    return httpx.AsyncClient(
        timeout=SEND_SECONDS, trust_env=trust_env, follow_redirects=False, verify=trusted()
    )


async def send_mails(resources: Resources) -> None:
    """Send what waits until cancelled. With the provider `outbox` it stays where it is."""
    settings = resources.settings.mail
    if settings.provider == "outbox":
        return

    async def report(transaction: Transaction, wrong: str | None) -> None:
        await incidents_on(resources, transaction).settle(Incident.MAIL_PROVIDER, wrong)

    async with http_client(settings) as http:
        provider = ResendProvider(http, settings, resources.tracing)
        sender = MailSender(resources.database, provider, report, resources.clock, tracing=resources.tracing)
        await sender.run()


async def check_mail_key(settings: MailSettings) -> None:
    """Ask the provider whether our key is good, sending nothing; raise `MailAway` or `MailHeldBack`."""
    if settings.provider == "resend":
        async with http_client(settings) as http:
            await ResendProvider(http, settings).check_key()
