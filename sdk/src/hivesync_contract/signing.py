"""Signatures between backend and Worker, and the proof that a listener is our agent.

Signatures follow the Standard Webhooks specification 1.0 (symmetric, `v1`), except that the key is
the UTF-8 bytes of the shared secret as it stands in the environment, not a decoded `whsec_` value.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from hivesync_contract.limits import SIGNATURE_TOLERANCE_SECONDS


def agent_proof(token: str, nonce: str) -> str:
    """Prove knowledge of the discovery token: hex HMAC-SHA256(token, nonce), both as ASCII text."""
    return hmac.new(token.encode("ascii"), nonce.encode("ascii"), hashlib.sha256).hexdigest()


def sign(secret: str, message_id: str, timestamp_seconds: int, body: bytes) -> str:
    """Give the value of `webhook-signature` for one message."""
    content = f"{message_id}.{timestamp_seconds}.".encode() + body
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


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
