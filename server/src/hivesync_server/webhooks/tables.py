"""Tables of webhooks. Who changes rows of a webhook's deliveries or turn has locked the webhook before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime
from hivesync_server.background.leases import Leased

_FAILED = text("state = 'failed'")
_WAITING = text("due_at IS NOT NULL")


class WebhookRow(Table):
    """A webhook of a user, for one project or (null) for all that the user owns. Secrets are sealed."""

    __tablename__ = "webhooks"
    __table_args__ = (Index("ix_webhooks_user_id_id", "user_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    project_id: Mapped[str | None] = mapped_column(
        Id, ForeignKey("projects.id", ondelete="CASCADE"), index=True
    )
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(String(200))
    events: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Text)
    previous_secret: Mapped[str | None] = mapped_column(Text)
    previous_until: Mapped[datetime | None] = mapped_column(UtcTime)
    disabled_reason: Mapped[str | None] = mapped_column(String(16))
    failing_since: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class WebhookDeliveryRow(Table):
    """One message to one webhook: what waits, and the log of what was sent. `id` is its `webhook-id`.

    `due_at`: when it is tried next, as long as it is pending. `tries` counts since it was last asked for, and
    `attempts` all of them.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_webhook_id_id", "webhook_id", "id"),
        Index(
            "ix_webhook_deliveries_due",
            "webhook_id",
            "due_at",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_webhook_deliveries_failed", "id", sqlite_where=_FAILED, postgresql_where=_FAILED),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    webhook_id: Mapped[str] = mapped_column(Id, ForeignKey("webhooks.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int]
    attempts: Mapped[int]
    status: Mapped[int | None]
    failure: Mapped[str | None] = mapped_column(String(32))
    duration_ms: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    attempted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcTime)


class WebhookTurnRow(Leased, Table):
    """A webhook that has something to send. The turn is what is leased, not the message: so an endpoint gets
    few requests at once, whatever has piled up for it, and takes one place of the dispatcher's, not all.

    `tries` counts the turns in a row of which nothing arrived; until `resting_until` the endpoint is let be.
    """

    __tablename__ = "webhook_turns"

    webhook_id: Mapped[str] = mapped_column(
        Id, ForeignKey("webhooks.id", ondelete="CASCADE"), primary_key=True
    )
    resting_until: Mapped[datetime | None] = mapped_column(UtcTime)

    def wake(self, due: datetime) -> None:
        """Have the turn come when a message is due, but not while the endpoint rests."""
        wanted = max(due, self.resting_until) if self.resting_until else due
        self.available_at = min(self.available_at, wanted)
