"""What is wrong with a second factor. Who does not know the password is told none of this."""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server.adapters.db import RecordedRefusal


class TotpRequired(HiveSyncError):
    """The password is right; a code has to come with it."""

    code = ErrorCode.TOTP_REQUIRED

    def __init__(self) -> None:
        super().__init__("Send `totp_code` of your authenticator app, or one `recovery_code`, too.")


class TotpInvalid(RecordedRefusal):
    """The code is wrong, too old, or was used: the answer is the same. That somebody guesses is recorded."""

    code = ErrorCode.TOTP_INVALID

    def __init__(self) -> None:
        super().__init__("The code is wrong or was used already; wait for the next one of your app.")


class TotpIsOn(HiveSyncError):
    """A second app would replace the first one without its code."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("The second factor is on already; turn it off before you set up another app.")


class TotpIsOff(HiveSyncError):
    """There is nothing to confirm, renew or turn off."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("The second factor is not set up; begin with POST /auth/totp.")
