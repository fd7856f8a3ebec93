"""Whose an access token is: read where it can be, and never guessed."""

from __future__ import annotations

import base64

import pytest
from hivesync_agent.session.access import AccessToken
from hivesync_agent.session.subject import subject_of


def token(claims: bytes) -> str:
    """Give a JWT with these claims."""
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.c2ln"


@pytest.mark.parametrize("user_id", ["a", "ab", "abc", "0199c1b2-0000-7000-8000-000000000001"])
def test_the_token_names_its_user(user_id: str) -> None:
    assert subject_of(token(b'{"sub":"%b","sid":"1"}' % user_id.encode())) == user_id


@pytest.mark.parametrize(
    "value",
    [
        "opaque",
        "",
        "a.b",
        "a.b.c",
        "a.ü.c",
        "a.b.c.d",
        token(b"[]"),
        token(b"{}"),
        token(b'{"sub":1}'),
        token(b'{"sub":""}'),
        token(b"\xff"),
    ],
)
def test_what_names_nobody_is_nobodys(value: str) -> None:
    assert subject_of(value) is None


def test_the_tokens_own_word_goes_before_what_is_stored_beside_it() -> None:
    assert AccessToken.of(token(b'{"sub":"ada"}'), 0, "bob").user_id == "ada"
    assert AccessToken.of("opaque", 0, "bob").user_id == "bob"
    assert AccessToken.of("opaque", 0, "").user_id is None
