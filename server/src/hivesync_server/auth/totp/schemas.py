"""Bodies of what is done with a second factor; the shapes themselves are the contract's."""

from __future__ import annotations

from hivesync_contract.accounts import ProtectedRequest, TotpConfirmRequest, TotpEnrolRequest
from pydantic.dataclasses import dataclass

from hivesync_server.auth.schemas import Password, RecoveryCode, TotpCode
from hivesync_server.auth.totp.proof import Proof
from hivesync_server.http.fields import STRICT


@dataclass(frozen=True, slots=True, config=STRICT)
class TotpEnrolBody(TotpEnrolRequest):
    """Body of `POST /auth/totp`."""

    password: Password


@dataclass(frozen=True, slots=True, config=STRICT)
class TotpConfirmBody(TotpConfirmRequest):
    """Body of `POST /auth/totp/confirm`."""

    code: TotpCode


@dataclass(frozen=True, slots=True, config=STRICT)
class ProtectedBody(ProtectedRequest):
    """Body of acts that need password and second factor again."""

    password: Password
    totp_code: TotpCode | None = None
    recovery_code: RecoveryCode | None = None

    @property
    def proof(self) -> Proof:
        """Give what stands for the second factor."""
        return Proof(self.totp_code, self.recovery_code)
