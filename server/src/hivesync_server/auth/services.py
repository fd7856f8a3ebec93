"""Builds the services of accounts and sessions for one request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from hivesync_contract.identity import Tier

from hivesync_server.adapters.db import Transaction
from hivesync_server.alerts.service import alerts_on
from hivesync_server.audit.service import Audit
from hivesync_server.auth.accounts import Accounts
from hivesync_server.auth.devices.repository import DeviceRepository
from hivesync_server.auth.mailed_tokens import MailedTokens
from hivesync_server.auth.repository import MailedTokenRepository, SessionRepository, UserRepository
from hivesync_server.auth.sessions import Sessions, refresh_keys
from hivesync_server.auth.throttle import Throttle
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.http.client_address import client_address
from hivesync_server.mails.outbox import OutboxMailer
from hivesync_server.resources import Resources, ResourcesDep, TransactionDep
from hivesync_server.services import service
from hivesync_server.settings import Settings


def sessions_of(resources: Resources, transaction: Transaction) -> Sessions:
    """Build the session service on a transaction."""
    now = resources.clock()
    return Sessions(
        users=UserRepository(transaction.session),
        sessions=SessionRepository(transaction.session),
        devices=DeviceRepository(transaction.session),
        events=EventPublisher(transaction, resources.hub, now),
        mailer=OutboxMailer(transaction.session, now),
        alerts=alerts_on(resources, transaction),
        audit=Audit(transaction.session, now),
        access_tokens=resources.access_tokens,
        keys=refresh_keys(resources.settings.tokens),
        now=now,
    )


async def _client_address(request: Request, resources: ResourcesDep) -> str:
    return client_address(request, resources.settings.http.trusted_proxies)


ClientAddress = Annotated[str, service(_client_address)]
"""Where the request comes from, or an empty text."""


async def accounts_of(resources: ResourcesDep) -> Accounts:
    """Build the account service."""
    settings = resources.settings.accounts
    throttle = Throttle(resources.cache)
    return Accounts(
        resources.database,
        resources.passwords,
        resources.clock,
        throttle,
        resources.bell,
        settings.confirmed_only,
    )


def first_tier(settings: Settings) -> Tier:
    """Give the tier of new accounts: nobody who develops locally should meet a limit."""
    return Tier.PREMIUM if settings.env == "local" else Tier.FREE


async def mailed_tokens_of(resources: ResourcesDep, transaction: TransactionDep) -> MailedTokens:
    """Build the service of links in mails on a transaction."""
    now = resources.clock()
    return MailedTokens(
        MailedTokenRepository(transaction.session),
        OutboxMailer(transaction.session, now),
        resources.cache,
        resources.settings.http.base_url,
        now,
    )


async def _sessions(resources: ResourcesDep, transaction: TransactionDep) -> Sessions:
    return sessions_of(resources, transaction)


SessionsDep = Annotated[Sessions, service(_sessions)]
MailedTokensDep = Annotated[MailedTokens, service(mailed_tokens_of)]
AccountsDep = Annotated[Accounts, service(accounts_of)]
