"""The form of keys: found by scanners, and told from what only looks like one."""

from __future__ import annotations

import re

import pytest
from hivesync_contract.api_keys import API_KEY_PATTERN, api_key_checksum, in_base_62, is_api_key
from hivesync_server.api_keys.secret import new_key


def test_a_scanner_finds_a_key_in_any_text() -> None:
    key = new_key()
    for text in (f"TOKEN={key}\n", f'{{"token":"{key}"}}', f"Authorization: Bearer {key}"):
        assert re.findall(API_KEY_PATTERN, text) == [key]


def test_new_keys_are_right_and_differ() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(is_api_key(key) for key in keys)


def test_each_single_typing_error_is_noticed() -> None:
    key = new_key()
    for place in range(3, len(key)):
        wrong = "a" if key[place] != "a" else "b"
        assert not is_api_key(key[:place] + wrong + key[place + 1 :])


@pytest.mark.parametrize(
    "change", [str.lower, lambda key: key[:-1], lambda key: key + "0", lambda key: f"{key}\n"]
)
def test_what_is_no_key_is_none(change: object) -> None:
    # A capital letter, so that lower case is a change.
    random_part = "A" * 43
    key = "hs_" + random_part + api_key_checksum(random_part)
    assert is_api_key(key)
    assert not is_api_key(change(key))  # type: ignore[operator]


def test_numbers_fill_their_width() -> None:
    assert in_base_62(0, 3) == "000"
    assert in_base_62(61, 2) == "0z"
    assert in_base_62(62, 2) == "10"
    assert in_base_62(2**256 - 1, 43)[0] != "0"  # 43 characters are not more than 256 bits need
