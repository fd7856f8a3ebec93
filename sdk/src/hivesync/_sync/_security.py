# Generated from hivesync/_async by `make generate`; do not edit.
"""Registration, passwords, addresses, sessions and the second factor. The agent relays none of it.

Signing in and out is `client.sign_in` and `client.agent`.
"""

from __future__ import annotations

from collections.abc import Iterator

from hivesync_contract.accounts import (
    AddressRequest,
    EmailChangeRequest,
    MailedTokenRequest,
    PasswordChangeRequest,
    PasswordResetRequest,
    ProtectedRequest,
    RecoveryCodes,
    SessionInfo,
    TotpConfirmRequest,
    TotpEnrolment,
    TotpEnrolRequest,
    TotpStatus,
)
from hivesync_contract.identity import RegisterRequest, User

from hivesync._paths import segment
from hivesync._sync._resource import Resource


class Security(Resource):
    """`client.security`. Goes to the backend itself, with this machine's session where one is needed."""

    def register(self, email: str, username: str, password: str) -> User:
        """Create an account."""
        answer = self._sent_publicly("/register", RegisterRequest(email, username, password))
        return answer.decode(User)

    def forgot_password(self, email: str) -> None:
        """Have a mail sent; the answer never tells who has an account."""
        self._sent_publicly("/password/forgot", AddressRequest(email))

    def reset_password(self, token: str, password: str) -> None:
        """Set a password with the token of that mail; all sessions end."""
        self._sent_publicly("/password/reset", PasswordResetRequest(token, password))

    def resend_verification(self, email: str) -> None:
        """Have the mail that confirms an address sent again."""
        self._sent_publicly("/email/resend", AddressRequest(email))

    def verify_email(self, token: str) -> None:
        """Confirm an address with the token of its mail."""
        self._sent_publicly("/email/verify", MailedTokenRequest(token))

    def revert_email(self, token: str) -> None:
        """Take a change of address back, with the token that went to the old one."""
        self._sent_publicly("/email/revert", MailedTokenRequest(token))

    def change_email(self, email: str, password: str) -> None:
        """Ask for another address; it changes once a mail to it was answered."""
        self._sent_directly("POST", "/email/change", EmailChangeRequest(email, password))

    def change_password(self, current: str, new: str, *, end_api_keys: bool = False) -> None:
        """Change the password; other sessions end."""
        body = PasswordChangeRequest(current, new, end_api_keys)
        self._sent_directly("POST", "/password/change", body)

    def sessions(self) -> Iterator[SessionInfo]:
        """Give every sign-in that lives."""
        return self._items("/sessions", SessionInfo, directly=True)

    def end_session(self, session_id: str) -> None:
        """End one of them."""
        self._sent_directly("DELETE", f"/sessions/{segment(session_id)}")

    def totp(self) -> TotpStatus:
        """Tell whether a second factor is on."""
        return self._directly("GET", "/totp", TotpStatus)

    def begin_totp(self, password: str) -> TotpEnrolment:
        """Give the secret for an authenticator app, once."""
        return self._directly("POST", "/totp", TotpEnrolment, TotpEnrolRequest(password))

    def confirm_totp(self, code: str) -> RecoveryCodes:
        """Switch the second factor on with a code of the app; give ten recovery codes, once."""
        return self._directly("POST", "/totp/confirm", RecoveryCodes, TotpConfirmRequest(code))

    def disable_totp(self, proof: ProtectedRequest) -> None:
        """Switch it off."""
        self._sent_directly("POST", "/totp/disable", proof)

    def renew_recovery_codes(self, proof: ProtectedRequest) -> RecoveryCodes:
        """Give ten others; those before work no longer."""
        return self._directly("POST", "/totp/recovery-codes", RecoveryCodes, proof)
