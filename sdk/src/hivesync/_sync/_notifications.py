# Generated from hivesync/_async by `make generate`; do not edit.
"""Notifications of the signed-in user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hivesync_contract.notifications import (
    Digest,
    Notification,
    NotificationChannels,
    NotificationPatch,
    NotificationSettings,
    NotificationSettingsPatch,
    NotificationsRead,
    UnreadCount,
)

from hivesync._paths import segment
from hivesync._sync._resource import Resource


class Notifications(Resource):
    """`client.notifications`. `text` may hold what others typed: never show it as HTML."""

    def list(self, *, unread: bool | None = None) -> Iterator[Notification]:
        """Give notifications, the newest first; with `unread` only those that were not read, or were."""
        wanted = {"unread": None if unread is None else str(unread).lower()}
        return self._items("", Notification, wanted)

    def unread(self) -> UnreadCount:
        """Count those that were not read."""
        return self._decoded("GET", "/unread", UnreadCount)

    def mark(self, notification_id: str, *, read: bool = True) -> Notification:
        """Mark one as read, or not. May raise `OfflineQueued`."""
        patch = NotificationPatch(read)
        return self._decoded("PATCH", f"/{segment(notification_id)}", Notification, patch)

    def mark_read(self, ids: Sequence[str] | None = None, *, up_to: str | None = None) -> UnreadCount:
        """Mark these as read, or all up to and with `up_to`, or all there are."""
        body = NotificationsRead(None if ids is None else [*ids], up_to)
        return self._decoded("POST", "/read", UnreadCount, body)

    def settings(self) -> NotificationSettings:
        """Give where notifications of each type go."""
        return self._decoded("GET", "/settings", NotificationSettings)

    def change_settings(
        self, channels: Sequence[NotificationChannels] | None = None, *, digest: Digest | None = None
    ) -> NotificationSettings:
        """Change the types that are given, and leave the others."""
        body = NotificationSettingsPatch(None if channels is None else [*channels], digest)
        return self._decoded("PATCH", "/settings", NotificationSettings, body)
