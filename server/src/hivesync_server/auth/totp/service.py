"""Set the second factor up, renew its recovery codes, turn it off; within one transaction.

A password reset leaves it on: else whoever reads a mailbox would need nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from hivesync_contract.accounts import RecoveryCodes, TotpEnrolment, TotpStatus

from hivesync_server.audit.service import AuditAction
from hivesync_server.auth.accounts import Accounts
from hivesync_server.auth.errors import AuthInvalid
from hivesync_server.auth.repository import UserRepository
from hivesync_server.auth.services import AccountsDep
from hivesync_server.auth.tables import UserRow
from hivesync_server.auth.throttle import FREE_PER_ACCOUNT
from hivesync_server.auth.totp import codes
from hivesync_server.auth.totp.errors import TotpIsOff, TotpIsOn
from hivesync_server.auth.totp.proof import Proof
from hivesync_server.auth.totp.second_factor import SecondFactor, SecondFactorDep, seal_purpose
from hivesync_server.auth.totp.tables import TotpRow
from hivesync_server.mails.mail import Mail
from hivesync_server.resources import TransactionDep
from hivesync_server.services import service


@dataclass(frozen=True, slots=True)
class Totp:
    """The second factor of the user who asks."""

    users: UserRepository
    accounts: Accounts
    factor: SecondFactor

    async def status(self, user_id: str) -> TotpStatus:
        """Tell whether it is on, and how many recovery codes are left."""
        row = await self.factor.repository.of_user(user_id)
        if row is None or row.confirmed_at is None:
            return TotpStatus(False, None, 0)
        left = await self.factor.repository.count_recovery_codes(user_id)
        return TotpStatus(True, row.confirmed_at, left)

    async def enrol(self, user_id: str, password: str) -> TotpEnrolment:
        """Begin with a new secret, which nothing but this answer shows. Nothing counts before `confirm`."""
        await self.accounts.confirm(user_id, password)
        user = await self._locked(user_id)
        if await self.factor.is_on(user_id):
            raise TotpIsOn
        secret = codes.new_secret()
        sealed = self.factor.sealer.seal(secret, seal_purpose(user_id))
        await self.factor.repository.put(TotpRow(user_id=user_id, sealed_secret=sealed, last_step=0))
        uri = codes.otpauth_uri(secret, user.username)
        return TotpEnrolment(secret, uri, codes.qr_svg(uri))

    async def confirm(self, user_id: str, code: str) -> RecoveryCodes:
        """Turn it on: the app has shown a right code. Give the recovery codes, this once."""
        await self.factor.throttle.admit(f"totp:{user_id}", FREE_PER_ACCOUNT)
        user = await self._locked(user_id)
        row = await self.factor.repository.locked(user_id)
        if row is None:
            raise TotpIsOff
        if row.confirmed_at is not None:
            raise TotpIsOn
        self.factor.use(row, code)
        row.confirmed_at = self.factor.now
        await self.factor.throttle.forgive(f"totp:{user_id}")
        self.factor.audit.note(AuditAction.TOTP_ON, user_id, user_id)
        await self._tell(user, "Two-step sign-in is on", "From now on a sign-in needs a code of your app.")
        return await self._new_recovery_codes(user_id)

    async def renew_recovery_codes(self, user_id: str, password: str, proof: Proof) -> RecoveryCodes:
        """Give ten new ones; the old ones end."""
        await self._prove(user_id, password, proof)
        self.factor.audit.note(AuditAction.RECOVERY_CODES_RENEWED, user_id, user_id)
        return await self._new_recovery_codes(user_id)

    async def turn_off(self, user_id: str, password: str, proof: Proof) -> None:
        """Forget the app and the recovery codes."""
        user = await self._prove(user_id, password, proof)
        await self.factor.repository.remove(user_id)
        self.factor.audit.note(AuditAction.TOTP_OFF, user_id, user_id)
        await self._tell(user, "Two-step sign-in is off", "From now on the password alone signs in.")

    async def _prove(self, user_id: str, password: str, proof: Proof) -> UserRow:
        await self.accounts.confirm(user_id, password)
        user = await self._locked(user_id)
        if not await self.factor.is_on(user_id):
            raise TotpIsOff
        await self.factor.check(user, proof)
        return user

    async def _new_recovery_codes(self, user_id: str) -> RecoveryCodes:
        fresh = [codes.new_recovery_code() for _ in range(codes.RECOVERY_CODES)]
        hashes = [codes.recovery_code_hash(user_id, code) for code in fresh]
        await self.factor.repository.replace_recovery_codes(user_id, hashes)
        return RecoveryCodes(fresh)

    async def _locked(self, user_id: str) -> UserRow:
        user = await self.users.locked(user_id)
        if user is None:
            raise AuthInvalid("The account is gone.")
        return user

    async def _tell(self, user: UserRow, subject: str, text: str) -> None:
        body = f"{subject} for “{user.username}” at HiveSync. {text} "
        body += "If that was not you, change your password.\n"
        await self.factor.mailer.send(Mail(user.email, subject, body))


async def _totp(transaction: TransactionDep, accounts: AccountsDep, factor: SecondFactorDep) -> Totp:
    return Totp(UserRepository(transaction.session), accounts, factor)


TotpDep = Annotated[Totp, service(_totp)]
