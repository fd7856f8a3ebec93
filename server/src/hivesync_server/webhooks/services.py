"""Puts the webhook dispatcher of a process together."""

from __future__ import annotations

from functools import partial

from hivesync_server.notifications.service import notifier_on
from hivesync_server.resources import Resources
from hivesync_server.webhooks.dispatcher import WebhookDispatcher
from hivesync_server.webhooks.secrets import WebhookSecrets
from hivesync_server.webhooks.sending import Sender


def webhook_dispatcher(resources: Resources) -> WebhookDispatcher:
    """Give the dispatcher; it works while it is run."""
    return WebhookDispatcher(
        resources.database,
        Sender(resources.outbound, resources.clock),
        WebhookSecrets(resources.sealer),
        partial(notifier_on, resources),
        resources.clock,
        resources.webhook_ready,
    )
