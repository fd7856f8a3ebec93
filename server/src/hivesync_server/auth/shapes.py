"""Wire forms of accounts and sessions."""

from __future__ import annotations

from hivesync_contract.accounts import SessionInfo
from hivesync_contract.identity import Tier, User

from hivesync_server.auth.tables import SessionRow, UserRow


def user_shape(row: UserRow) -> User:
    """Give a user's wire form."""
    return User(
        row.id, row.email, row.username, Tier(row.tier), row.is_admin, row.email_verified, row.created_at
    )


def session_shape(row: SessionRow, current_id: str) -> SessionInfo:
    """Give a session's wire form."""
    return SessionInfo(
        row.id,
        row.label,
        row.id == current_id,
        row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )
