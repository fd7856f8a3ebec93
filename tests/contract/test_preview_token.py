"""The key of preview tokens: server and Worker derive it apart, so it must follow RFC 5869 to the bit."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hivesync_contract.preview_token import key_id, preview_key
from hypothesis import given
from hypothesis import strategies as st

SECRETS = st.text(st.characters(codec="utf-8"), min_size=1)


def rfc_5869(secret: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=b"hivesync/preview/v1").derive(secret)


@given(shared=SECRETS)
def test_the_key_is_hkdf_of_the_shared_secret(shared: str) -> None:
    assert preview_key(None, shared) == rfc_5869(shared.encode())


@given(own=SECRETS, shared=SECRETS)
def test_a_secret_of_its_own_is_used_as_it_is(own: str, shared: str) -> None:
    assert preview_key(own, shared) == own.encode()


def test_an_empty_secret_of_its_own_counts_as_none() -> None:
    assert preview_key("", "shared") == preview_key(None, "shared")


def test_the_key_s_id_names_it_and_differs_from_other_keys_ids() -> None:
    first, second = preview_key(None, "one"), preview_key(None, "two")
    assert key_id(first) == key_id(first) != key_id(second)
    assert len(key_id(first)) == 8
    assert key_id(first) not in first.hex()
