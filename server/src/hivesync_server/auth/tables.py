"""Tables of accounts and sessions. Of every token only a hash is stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from hivesync_server.adapters.tables import Id, Table, UtcTime

_UNCONFIRMED = text("NOT email_verified")


class UserRow(Table):
    """An account. `email` and `username` are stored in their normal form (lower case)."""

    __tablename__ = "users"
    __table_args__ = (
        Index("ix_users_unconfirmed", "created_at", sqlite_where=_UNCONFIRMED, postgresql_where=_UNCONFIRMED),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    username: Mapped[str] = mapped_column(String(32), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    tier: Mapped[str] = mapped_column(String(16))
    is_admin: Mapped[bool]
    email_verified: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    display_name: Mapped[str] = mapped_column(String(80), server_default="")
    locale: Mapped[str] = mapped_column(String(35), server_default="en")
    timezone: Mapped[str] = mapped_column(String(64), server_default="UTC")
    disabled_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ReservedNameRow(Table):
    """A username that was given to a registration of a known address: its name must seem taken, too."""

    __tablename__ = "reserved_names"

    username: Mapped[str] = mapped_column(String(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class MailedTokenRow(Table):
    """What a mail entitles its reader to, once. `email` is the address that the token confirms or restores.

    Without a user the mail said that there is no account: it costs the same work, and entitles to nothing.
    """

    __tablename__ = "mailed_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class SessionRow(Table):
    """A signed-in device and its family of refresh tokens.

    `confirmed_generation`: the newest generation of tokens that someone has used; older ones are retired.
    `network`: where it was opened from; empty if that is unknown.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    network: Mapped[str] = mapped_column(String(64), server_default="")
    confirmed_generation: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_used_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoke_reason: Mapped[str | None] = mapped_column(String(32))


class RefreshTokenRow(Table):
    """One refresh token. `generation` counts from 0, one more with each rotation."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    generation: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcTime)


class DeviceCodeRow(Table):
    """A sign-in that waits for its user (RFC 8628). `state`: pending, approved, denied or used."""

    __tablename__ = "device_codes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    device_code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_code: Mapped[str] = mapped_column(String(16), unique=True)
    client_name: Mapped[str] = mapped_column(String(120))
    client_address: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    interval_seconds: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    polled_at: Mapped[datetime | None] = mapped_column(UtcTime)


class WebSessionRow(Table):
    """A browser that is signed in on our own pages. `awaits_code`: all but the second factor was right."""

    __tablename__ = "web_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    awaits_code: Mapped[bool] = mapped_column(server_default=false())
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
