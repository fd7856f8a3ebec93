"""The way to the mails for domains that were written before `mails` was a package of its own."""

from __future__ import annotations

from hivesync_server.mails.mail import Mail, Mailer
from hivesync_server.mails.outbox import OutboxMailer
from hivesync_server.mails.tables import MailRow

__all__ = ["Mail", "MailRow", "Mailer", "OutboxMailer"]
