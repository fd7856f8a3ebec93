"""Secrets of webhooks: made here, stored sealed, and opened only to sign."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from hivesync_contract.signing import WEBHOOK_SECRET_PREFIX

from hivesync_server.adapters.sealing import Sealer
from hivesync_server.webhooks.tables import WebhookRow

SECRET_BYTES = 32
"""Standard Webhooks asks for 24 to 64."""

PREVIOUS_SIGNS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class WebhookSecrets:
    """Gives webhooks secrets, and reads them again."""

    sealer: Sealer

    def renew(self, webhook: WebhookRow, now: datetime) -> str:
        """Give a webhook a new secret; one that it has goes on signing beside it for a day."""
        secret = WEBHOOK_SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")
        if webhook.secret:
            webhook.previous_secret, webhook.previous_until = webhook.secret, now + PREVIOUS_SIGNS
        webhook.secret = self.sealer.seal(secret, seal_purpose(webhook.id))
        return secret

    def signing(self, webhook: WebhookRow, now: datetime) -> list[str]:
        """Give the secrets that sign now, the newest first."""
        sealed = [webhook.secret]
        if webhook.previous_secret and webhook.previous_until and webhook.previous_until > now:
            sealed.append(webhook.previous_secret)
        return [self.sealer.open(each, seal_purpose(webhook.id)) for each in sealed]


def seal_purpose(webhook_id: str) -> str:
    """Name the secrets of a webhook, so that they open nowhere else."""
    return f"webhook/{webhook_id}"
