"""Tables of questions and support bundles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class QuestionRow(Table):
    """A question. `entry_id`: what the FAQ answered, if it did; the question goes with its account."""

    __tablename__ = "support_questions"
    __table_args__ = (Index("ix_support_questions_user_id_escalated_at", "user_id", "escalated_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(Text)
    entry_id: Mapped[str | None] = mapped_column(String(64))
    confidence: Mapped[float] = mapped_column(Float)
    helpful: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcTime)


class BundleRow(Table):
    """A support bundle (`state`: a `BundleState`). Without `user_id` its account is gone, and it goes too."""

    __tablename__ = "support_bundles"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id", ondelete="SET NULL"), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
