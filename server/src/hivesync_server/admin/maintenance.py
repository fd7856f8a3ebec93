"""Chores that an admin can have done now."""

from __future__ import annotations

from enum import StrEnum

from hivesync_server.admin.services import Desk
from hivesync_server.audit.service import AuditAction
from hivesync_server.housekeeping import Housekeeping


class Chore(StrEnum):
    SWEEP = "sweep"
    REQUEUE_MAILS = "requeue-mails"


async def do(desk: Desk, chore: Chore) -> int:
    """Do it, note it, and tell how much it changed, as far as that can be counted."""
    match chore:
        case Chore.SWEEP:
            await desk.note_look(AuditAction.ADMIN_MAINTAINED, chore=chore.value)
            resources = desk.resources
            settings = resources.settings.accounts
            await Housekeeping(resources.database, resources.clock, settings.confirmed_only).sweep()
            return 0
        case Chore.REQUEUE_MAILS:
            return await desk.acts.requeue_mails()
