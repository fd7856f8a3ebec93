"""Tables of the second factor. The secret is sealed: a copy of the database makes no codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime


class TotpRow(Table):
    """A user's authenticator. It counts once `confirmed_at` is set: the app has shown a right code.

    `last_step`: the time step of the last code that was taken; no code of it or before it works again.
    """

    __tablename__ = "totp"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCodeRow(Table):
    """A recovery code that was not used yet."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
