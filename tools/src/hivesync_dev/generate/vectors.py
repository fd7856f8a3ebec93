"""Test vectors: the same inputs and outputs for the signing code of every language.

The cases are fixed, so that a regenerated file changes only when the contract does. The secrets in
them are for tests alone.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jwt
from hivesync_contract import preview_token, signing
from hivesync_contract.identity import Tier
from hivesync_contract.limits import SIGNATURE_TOLERANCE_SECONDS
from hivesync_contract.preview_token import PreviewClaims, PreviewRole
from hivesync_contract.previews import Platform

from hivesync_dev.generate.discovery_vectors import discovery_vectors
from hivesync_dev.generate.generated import Generated, json_text
from hivesync_dev.paths import ROOT

_SECRET = "vector-secret-0123456789abcdef0123456789"
_TIME = 1_790_000_000
_BODIES = ["", "{}", '{"job_id":"018f","title":"Grüße 👋"}', "line\nbreak"]


def vector_files() -> list[Generated]:
    """Give the vector files."""
    folder = ROOT / "plugins_bridge" / "spec" / "vectors"
    return [
        Generated(folder / "signing.json", json_text(_signing())),
        Generated(folder / "proof.json", json_text(_proof())),
        Generated(folder / "preview_token.json", json_text(_preview_token())),
        Generated(folder / "discovery.json", json_text(discovery_vectors())),
    ]


def _signing() -> dict[str, Any]:
    cases = [
        {"id": f"msg-{n}.1", "timestamp": _TIME + n, "body": body}
        | {"signature": signing.sign(_SECRET, f"msg-{n}.1", _TIME + n, body.encode())}
        for n, body in enumerate(_BODIES)
    ]
    good = cases[1]["signature"]
    refused: list[dict[str, Any]] = [
        {"why": "another secret", "signature": signing.sign("x" * 40, "msg-1.1", _TIME + 1, b"{}")},
        {"why": "another body", "body": "{} ", "signature": good},
        {"why": "another id", "id": "msg-1.2", "signature": good},
        {"why": "too old", "now": _TIME + 2 + SIGNATURE_TOLERANCE_SECONDS, "signature": good},
        {"why": "from the future", "now": _TIME - SIGNATURE_TOLERANCE_SECONDS, "signature": good},
        {"why": "unknown scheme", "signature": f"v2,{str(good).removeprefix('v1,')}"},
        {"why": "no signature", "signature": ""},
    ]
    usual: dict[str, Any] = {"id": "msg-1.1", "timestamp": _TIME + 1, "body": "{}", "now": _TIME + 1}
    return {
        "scheme": "Standard Webhooks 1.0; the key is the secret's UTF-8 bytes",
        "secret": _SECRET,
        "tolerance_seconds": SIGNATURE_TOLERANCE_SECONDS,
        "accepted": cases,
        "refused": [usual | case for case in refused],
    }


def _proof() -> dict[str, Any]:
    token = "vector_token-0123456789abcdefghijklmnopqrst"
    nonces = ["0" * 32, "deadbeef" * 4, "DEADBEEF" * 4, "a1" * 64]
    return {
        "algorithm": "hex HMAC-SHA256; key: the token's ASCII bytes; message: the nonce's ASCII text",
        "token": token,
        "cases": [{"nonce": nonce, "proof": signing.agent_proof(token, nonce)} for nonce in nonces],
    }


def _preview_token() -> dict[str, Any]:
    derived = preview_token.preview_key(None, _SECRET)
    dedicated = preview_token.preview_key("vector-preview-secret-0123456789abcdef", _SECRET)
    return {
        "algorithm": preview_token.ALGORITHM,
        "worker_shared_secret": _SECRET,
        "preview_token_secret": dedicated.decode(),
        "cases": [
            _token_case("derived from the shared secret", derived, "open"),
            _token_case("dedicated secret", dedicated, "device"),
        ],
    }


def _token_case(name: str, key: bytes, use: str) -> dict[str, Any]:
    claims = dataclasses.asdict(_claims())
    if use == "device":
        claims |= {"use": "device", "device_id": "vector-device"}
    claims = {name: value for name, value in claims.items() if value is not None}
    kid = preview_token.key_id(key)
    token = jwt.encode(claims, key, algorithm=preview_token.ALGORITHM, headers={"kid": kid})
    return {"name": name, "key_hex": key.hex(), "kid": kid, "claims": claims, "token": token}


def _claims() -> PreviewClaims:
    return PreviewClaims(
        preview_id="018f3a5e-0000-7000-8000-000000000001",
        project_id="018f3a5e-0000-7000-8000-000000000002",
        user_id="018f3a5e-0000-7000-8000-000000000003",
        version=1,
        platform=Platform.IOS,
        tier=Tier.PREMIUM,
        role=PreviewRole.VIEWER,
        exp=_TIME + 600,
        expires_at=_TIME + 86_400,
    )
