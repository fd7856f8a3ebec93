"""Signing a device out: all its sessions end at once."""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server.audit.service import Audit, AuditAction
from hivesync_server.auth.sessions import Sessions


class DeviceUnknown(HiveSyncError):
    """There is no such device, it is signed out, or it is someone else's: the answer is the same."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such device; it may be signed out already.")


async def sign_out_device(sessions: Sessions, audit: Audit, user_id: str, device_id: str) -> None:
    """End a user's sessions on a device, or raise `DeviceUnknown`."""
    ids = await sessions.devices.live_sessions(device_id, user_id, sessions.now)
    if not ids:
        raise DeviceUnknown
    for session_id in ids:
        if session := await sessions.sessions.locked(session_id):
            await sessions.revoke(session, "revoked")
    audit.note(AuditAction.DEVICE_SIGNED_OUT, user_id, device_id)
