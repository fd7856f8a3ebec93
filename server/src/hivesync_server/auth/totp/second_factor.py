"""The second look at who signs in or does something that can't be undone, after the password was right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from hivesync_server.adapters.db import Transaction
from hivesync_server.adapters.sealing import Sealer
from hivesync_server.alerts.bell import AlertBell
from hivesync_server.audit.service import Audit, AuditAction, AuditDep
from hivesync_server.auth.tables import UserRow
from hivesync_server.auth.throttle import FREE_PER_ACCOUNT, Throttle, is_guessing
from hivesync_server.auth.totp.codes import matching_step, recovery_code_hash
from hivesync_server.auth.totp.errors import TotpInvalid, TotpRequired
from hivesync_server.auth.totp.proof import Proof
from hivesync_server.auth.totp.repository import TotpRepository
from hivesync_server.auth.totp.tables import TotpRow
from hivesync_server.mails.mail import Mail, Mailer
from hivesync_server.mails.outbox import OutboxMailer
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.services import service


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """Checks codes, within one transaction: a code is used up if, and only if, what it allows happens."""

    transaction: Transaction
    repository: TotpRepository
    throttle: Throttle
    bell: AlertBell
    sealer: Sealer
    mailer: Mailer
    audit: Audit
    now: datetime

    async def is_on(self, user_id: str) -> bool:
        """Tell whether a code is asked for."""
        row = await self.repository.of_user(user_id)
        return row is not None and row.confirmed_at is not None

    async def check(self, user: UserRow, proof: Proof) -> None:
        """Let a user pass who has no second factor, or proves it; call it only once the password was right.

        Raise `TotpRequired`, `TotpInvalid` or `TooManyTries`.
        """
        if not await self.is_on(user.id):
            return
        if not proof:
            raise TotpRequired
        tries = await self.throttle.admit(f"totp:{user.id}", FREE_PER_ACCOUNT)
        row = await self.repository.locked(user.id)
        if row is None or row.confirmed_at is None:
            return  # turned off at this moment
        try:
            if proof.totp_code:
                self.use(row, proof.totp_code)
            else:
                await self._use_recovery_code(user, proof.recovery_code or "")
        except TotpInvalid:
            if is_guessing(tries):
                text = f"{tries} times within an hour, the second step after a right password failed"
                self.bell.ring(self.transaction, user.id, text, self.now)
            raise
        await self.throttle.forgive(f"totp:{user.id}")

    def use(self, row: TotpRow, code: str) -> None:
        """Use a code of the app up, or raise `TotpInvalid`. `row` is locked: of two at once one is late."""
        secret = self.sealer.open(row.sealed_secret, seal_purpose(row.user_id))
        step = matching_step(secret, code, int(self.now.timestamp()), row.last_step)
        if step is None:
            raise TotpInvalid
        row.last_step = step

    async def _use_recovery_code(self, user: UserRow, code: str) -> None:
        if not await self.repository.use_recovery_code(user.id, recovery_code_hash(user.id, code)):
            raise TotpInvalid
        left = await self.repository.count_recovery_codes(user.id)
        self.audit.note(AuditAction.RECOVERY_CODE_USED, user.id, user.id)
        text = (
            f"A recovery code of “{user.username}” at HiveSync was used in place of a code of the app. "
            f"{left} are left. If that was not you, change your password and make new recovery codes.\n"
        )
        await self.mailer.send(Mail(user.email, "A recovery code was used", text))


def seal_purpose(user_id: str) -> str:
    """Name the secret of a user, so that it opens nowhere else."""
    return f"totp/{user_id}"


async def _second_factor(
    resources: ResourcesDep, transaction: TransactionDep, audit: AuditDep
) -> SecondFactor:
    now = resources.clock()
    return SecondFactor(
        transaction,
        TotpRepository(transaction.session),
        Throttle(resources.cache),
        resources.bell,
        resources.sealer,
        OutboxMailer(transaction.session, now),
        audit,
        now,
    )


SecondFactorDep = Annotated[SecondFactor, service(_second_factor)]
