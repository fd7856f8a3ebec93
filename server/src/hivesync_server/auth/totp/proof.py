"""What someone shows as their second factor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """What came with the password: a code of the app, a recovery code, or nothing."""

    totp_code: str | None = None
    recovery_code: str | None = None

    def __bool__(self) -> bool:
        return bool(self.totp_code or self.recovery_code)
