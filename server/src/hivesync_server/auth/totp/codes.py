"""What codes are: those of an authenticator app, and the recovery codes for when the app is gone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets

import pyotp
import segno

STEP_SECONDS = 30
_WINDOW = (0, -1, 1)
"""Steps beside the present one: clocks differ, and people type slowly (RFC 6238 §5.2)."""

RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
_ISSUER = "HiveSync"
_INFO = b"hivesync/recovery-code/v1/"


def new_secret() -> str:
    """Give 160 random bits in base 32, as RFC 4226 §4 recommends and apps expect."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, username: str) -> str:
    """Give what an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=_ISSUER)


def qr_svg(uri: str) -> str:
    """Give the QR code of an address, dark on light whatever the page's colours are."""
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="svg", scale=4, border=4, light="#fff", xmldecl=False)
    return picture.getvalue().decode()


def matching_step(secret: str, code: str, now: int, last_step: int) -> int | None:
    """Give the time step that `code` is of, if that is about now and after `last_step`."""
    present, totp = now // STEP_SECONDS, pyotp.TOTP(secret)
    found = None
    for step in (present + offset for offset in _WINDOW):
        # All are compared, so that the time tells nothing.
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()) and step > last_step:
            found = step
    return found


def new_recovery_code() -> str:
    """Give 80 random bits in four groups that can be copied by hand."""
    letters = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode("ascii").lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def recovery_code_hash(user_id: str, code: str) -> bytes:
    """Give what is stored of a code, however it was typed. It is random, so a fast hash tells nothing."""
    letters = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(_INFO + f"{user_id}/{letters}".encode()).digest()
