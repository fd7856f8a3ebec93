"""The table of objects to delete."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table
from hivesync_server.background.leases import Leased


class ObjectDeletionRow(Leased, Table):
    """An object to delete, or with a slash at the key's end a folder. `bucket` is a `Bucket`; with
    `upload_id` an upload in parts is dropped as well.
    """

    __tablename__ = "object_deletions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    bucket: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(512))
    upload_id: Mapped[str | None] = mapped_column(Text)
