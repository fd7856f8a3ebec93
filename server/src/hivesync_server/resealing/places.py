"""Every column that holds something sealed. A new one belongs here: a test looks for those that don't."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hivesync_server.alerts.slack import SLACK_PURPOSE
from hivesync_server.alerts.tables import AlertSettingsRow
from hivesync_server.auth.totp.second_factor import seal_purpose as totp_purpose
from hivesync_server.auth.totp.tables import TotpRow
from hivesync_server.webhooks.secrets import seal_purpose as webhook_purpose
from hivesync_server.webhooks.tables import WebhookRow


@dataclass(frozen=True, slots=True)
class Place:
    """A column. `key` tells its rows apart, and `purpose` says of a row's key what was sealed there."""

    key: Any
    column: Any
    purpose: Callable[[Any], str]


PLACES = (
    Place(TotpRow.user_id, TotpRow.sealed_secret, totp_purpose),
    Place(WebhookRow.id, WebhookRow.secret, webhook_purpose),
    Place(WebhookRow.id, WebhookRow.previous_secret, webhook_purpose),
    Place(AlertSettingsRow.id, AlertSettingsRow.slack_url, lambda _: SLACK_PURPOSE),
)
