"""Signatures follow Standard Webhooks 1.0, and an agent's proof is an HMAC of the nonce's text."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from hivesync_contract.limits import SIGNATURE_TOLERANCE_SECONDS
from hivesync_contract.signing import agent_proof, sign, sign_webhook, verify, webhook_key
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

SECRET = "a shared secret of the environment, ümlaut included"
NOW = 1_800_000_000
BODY = b'{"job_id":"1"}'


def independent_mac(key: bytes, message: bytes) -> bytes:
    mac = HMAC(key, hashes.SHA256())
    mac.update(message)
    return mac.finalize()


def accepted(
    *,
    secrets: tuple[str, ...] = (SECRET,),
    message_id: str = "m.1",
    timestamp: str = str(NOW),
    signatures: str | None = None,
    body: bytes = BODY,
    now: float = NOW,
) -> bool:
    given_signatures = sign(SECRET, "m.1", NOW, BODY) if signatures is None else signatures
    return verify(secrets, message_id, timestamp, given_signatures, body, now_seconds=now)


@given(secret=st.text(min_size=1), message_id=st.text(st.characters(codec="ascii")), body=st.binary())
def test_a_signature_is_what_the_specification_says(secret: str, message_id: str, body: bytes) -> None:
    secret_bytes = secret.encode("utf-8", "replace")
    content = b".".join([message_id.encode(), str(NOW).encode(), body])
    expected = base64.b64encode(independent_mac(secret_bytes, content)).decode()
    assert sign(secret_bytes.decode(), message_id, NOW, body) == f"v1,{expected}"


def test_a_right_signature_is_accepted() -> None:
    assert accepted()


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + b" "},
        {"message_id": "m.2"},
        {"message_id": ""},
        {"timestamp": str(NOW + 1)},
        {"timestamp": ""},
        {"timestamp": "-1"},
        {"timestamp": f" {NOW}"},
        {"timestamp": f"{NOW}.0"},
        {"timestamp": "١٢٣"},
        {"secrets": ("another secret",)},
        {"secrets": ()},
        {"secrets": ("",)},
        {"signatures": ""},
        {"signatures": "v1,"},
        {"signatures": sign(SECRET, "m.1", NOW, BODY).removeprefix("v1,")},
        {"signatures": sign(SECRET, "m.1", NOW, BODY).replace("v1,", "v2,")},
        {"signatures": sign(SECRET, "m.1", NOW, BODY)[:-1]},
        {"signatures": "v1,é"},
    ],
    ids=str,
)
def test_whatever_was_altered_is_refused(change: dict[str, object]) -> None:
    assert not accepted(**change)  # type: ignore[arg-type]


def test_an_empty_secret_verifies_nothing_even_if_it_signed() -> None:
    assert not accepted(secrets=("",), signatures=sign("", "m.1", NOW, BODY))


@pytest.mark.parametrize(
    ("age", "is_fresh"),
    [
        (0, True),
        (SIGNATURE_TOLERANCE_SECONDS, True),
        (-SIGNATURE_TOLERANCE_SECONDS, True),
        (SIGNATURE_TOLERANCE_SECONDS + 1, False),
        (-SIGNATURE_TOLERANCE_SECONDS - 1, False),
    ],
)
def test_a_signature_is_good_for_five_minutes_either_way(age: int, is_fresh: bool) -> None:
    assert accepted(now=NOW + age) is is_fresh


def test_both_secrets_are_good_during_a_rotation() -> None:
    assert accepted(secrets=("the new secret", SECRET))
    assert accepted(secrets=(SECRET, ""))


def test_one_right_signature_among_several_is_enough() -> None:
    assert accepted(signatures=f"v1,AAAA v1a,BBBB {sign(SECRET, 'm.1', NOW, BODY)}")


def test_an_agent_s_proof_is_the_hmac_of_the_nonce_as_sent() -> None:
    token, nonce = "t" * 43, "AbCd" * 16
    assert bytes.fromhex(agent_proof(token, nonce)) == independent_mac(token.encode(), nonce.encode())
    assert agent_proof(token, nonce) != agent_proof(token, nonce.lower())


def test_a_webhook_is_signed_as_in_the_specification_s_own_example() -> None:
    body = b'{"test": 2432232314}'
    signature = sign_webhook(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(keys=st.lists(st.binary(min_size=24, max_size=64), min_size=1, max_size=2), body=st.text())
def test_the_reference_library_agrees_with_each_signature_of_a_webhook(keys: list[bytes], body: str) -> None:
    secrets = ["whsec_" + base64.b64encode(key).decode() for key in keys]
    at = datetime.fromtimestamp(NOW, UTC)
    expected = [Webhook(secret).sign("msg_1", at, body) for secret in secrets]
    assert sign_webhook(secrets, "msg_1", NOW, body.encode()).split(" ") == expected


def test_a_secret_that_is_none_is_not_repeated_by_the_error() -> None:
    with pytest.raises(ValueError, match="whsec_") as caught:
        webhook_key("whsec_canary!")
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
