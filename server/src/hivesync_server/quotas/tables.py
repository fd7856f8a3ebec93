"""Table of what counts against quotas."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class QuotaUseRow(Table):
    """One use, named by what was made. It stays when that is deleted, or deleting would be a way around."""

    __tablename__ = "quota_uses"
    __table_args__ = (Index("ix_quota_uses_user_id_kind_used_at", "user_id", "kind", "used_at"),)

    subject_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    used_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
