"""Where notifications go when a user has not said where."""

from __future__ import annotations

from collections.abc import Iterable

from hivesync_contract.notifications import NotificationChannels, NotificationType

from hivesync_server.notifications.tables import NotificationChannelsRow

_MAILED = frozenset(
    {
        NotificationType.TASK_ASSIGNED,
        NotificationType.MENTION,
        NotificationType.WEBHOOK_DISABLED,
        NotificationType.SECURITY_EVENT,
    }
)
"""An invitation is not among them: it has a mail of its own, which goes to people without an account too."""

AT_ONCE = frozenset({NotificationType.SECURITY_EVENT})
"""Never kept for a digest."""

ADMIN_TYPES = frozenset(
    {
        NotificationType.WORKER_DOWN,
        NotificationType.QUEUE_HIGH,
        NotificationType.JOB_FAILED,
        NotificationType.SECURITY_EVENT,
        NotificationType.SERVICE_DOWN,
    }
)
"""Only admins get these."""


def channels_of(
    chosen: Iterable[NotificationChannelsRow], *, is_admin: bool
) -> dict[NotificationType, NotificationChannels]:
    """Give one user's channels for every type that the user can get."""
    types = [kind for kind in NotificationType if is_admin or kind not in ADMIN_TYPES]
    found = {kind: NotificationChannels(kind, in_app=True, email=kind in _MAILED) for kind in types}
    for row in chosen:
        kind = NotificationType(row.type)
        if kind in found:
            found[kind] = NotificationChannels(kind, row.in_app, row.email)
    return found
