"""Builds the services of accounts and sessions for one request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.mail import OutboxMailer
from hivesync_server.auth.accounts import Accounts
from hivesync_server.auth.mailed_tokens import MailedTokens
from hivesync_server.auth.repository import MailedTokenRepository, SessionRepository, UserRepository
from hivesync_server.auth.sessions import Sessions, refresh_keys
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.resources import Resources, ResourcesDep, TransactionDep


def sessions_of(resources: Resources, transaction: Transaction) -> Sessions:
    """Build the session service on a transaction."""
    now = resources.clock()
    return Sessions(
        users=UserRepository(transaction.session),
        sessions=SessionRepository(transaction.session),
        events=EventPublisher(transaction, resources.hub, now),
        mailer=OutboxMailer(transaction.session, now),
        access_tokens=resources.access_tokens,
        keys=refresh_keys(resources.settings.tokens),
        now=now,
    )


def accounts_of(resources: ResourcesDep) -> Accounts:
    """Build the account service."""
    settings = resources.settings.accounts
    return Accounts(resources.database, resources.passwords, resources.clock, settings.confirmed_only)


def mailed_tokens_of(resources: ResourcesDep, transaction: TransactionDep) -> MailedTokens:
    """Build the service of links in mails on a transaction."""
    now = resources.clock()
    return MailedTokens(
        MailedTokenRepository(transaction.session),
        OutboxMailer(transaction.session, now),
        resources.cache,
        resources.settings.http.base_url,
        now,
    )


def _sessions(resources: ResourcesDep, transaction: TransactionDep) -> Sessions:
    return sessions_of(resources, transaction)


SessionsDep = Annotated[Sessions, Depends(_sessions)]
MailedTokensDep = Annotated[MailedTokens, Depends(mailed_tokens_of)]
AccountsDep = Annotated[Accounts, Depends(accounts_of)]
