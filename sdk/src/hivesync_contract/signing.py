"""Signatures of webhooks and between backend and Worker, and the proof that a listener is our agent.

Signatures follow the Standard Webhooks specification 1.0 (symmetric, `v1`). A webhook's key is what its
`whsec_` secret encodes; between backend and Worker it is the UTF-8 bytes of the shared secret as it stands in
the environment.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

from hivesync_contract.limits import SIGNATURE_TOLERANCE_SECONDS

WEBHOOK_SECRET_PREFIX = "whsec_"


def agent_proof(token: str, nonce: str) -> str:
    """Prove knowledge of the discovery token: hex HMAC-SHA256(token, nonce), both as ASCII text."""
    return hmac.new(token.encode("ascii"), nonce.encode("ascii"), hashlib.sha256).hexdigest()


def sign(secret: str, message_id: str, timestamp_seconds: int, body: bytes) -> str:
    """Give the value of `webhook-signature` for one message between backend and Worker."""
    return sign_with_key(secret.encode(), message_id, timestamp_seconds, body)


def sign_webhook(secrets: Iterable[str], message_id: str, timestamp_seconds: int, body: bytes) -> str:
    """Give the value of `webhook-signature` for one webhook message: a signature for each `whsec_` secret."""
    keys = [webhook_key(secret) for secret in secrets]
    return " ".join(sign_with_key(key, message_id, timestamp_seconds, body) for key in keys)


def sign_with_key(key: bytes, message_id: str, timestamp_seconds: int, body: bytes) -> str:
    """Give one signature, `v1,` and the Base64 of the HMAC-SHA256 of id, time and body."""
    content = f"{message_id}.{timestamp_seconds}.".encode() + body
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def webhook_key(secret: str) -> bytes:
    """Give the key that a `whsec_` secret encodes, or raise `ValueError`, which doesn't repeat it."""
    try:
        return base64.b64decode(secret.removeprefix(WEBHOOK_SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a webhook's secret is `whsec_` and Base64") from None


def verify(
    secrets: Iterable[str],
    message_id: str,
    timestamp: str,
    signatures: str,
    body: bytes,
    *,
    now_seconds: float,
) -> bool:
    """Tell whether one of the space-separated signatures was made with one of the secrets, recently.

    `secrets` holds the current secret and, during a rotation, the previous one.
    """
    if not message_id or not (timestamp.isascii() and timestamp.isdigit()):
        return False
    if abs(now_seconds - int(timestamp)) > SIGNATURE_TOLERANCE_SECONDS:
        return False
    offered = [part.encode() for part in signatures.split(" ") if part.startswith("v1,")]
    # Every pair is compared, so the time taken tells nothing about which one matched.
    matches = [
        hmac.compare_digest(sign(secret, message_id, int(timestamp), body).encode(), signature)
        for secret in secrets
        if secret
        for signature in offered
    ]
    return any(matches)
