"""Access tokens: only ours, only for us, only while their time and their session last."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend

pytestmark = pytest.mark.any_database

ME = "/api/v1/auth/me"


async def answer_to(client: httpx.AsyncClient, token: str) -> tuple[int, str]:
    answer = await client.get(ME, headers={"Authorization": f"Bearer {token}"})
    assert answer.headers["www-authenticate"] == "Bearer"
    return answer.status_code, answer.json()["code"]


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def test_no_token_means_sign_in_first(client: httpx.AsyncClient) -> None:
    answer = await client.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_REQUIRED")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_access_token_ends_after_15_minutes(
    ann: BackendUser, client: httpx.AsyncClient, clock: MovableClock
) -> None:
    clock.advance(minutes=15, seconds=1)
    assert await answer_to(client, ann.tokens["access_token"]) == (401, "AUTH_EXPIRED")


def unsigned(token: str, _: str) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return f"{header}.{token.split('.')[1]}."


def unsigned_with_kid(token: str, _: str) -> str:
    header = json.dumps({"alg": "none", "kid": jwt.get_unverified_header(token)["kid"]})
    return base64.urlsafe_b64encode(header.encode()).decode().rstrip("=") + f".{token.split('.')[1]}."


def other_algorithm(token: str, secret: str) -> str:
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims_of(token), secret, "HS384", {"kid": kid})


def other_key(token: str, _: str) -> str:
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims_of(token), "another key of some forty characters....", "HS256", {"kid": kid})


def unknown_kid(token: str, secret: str) -> str:
    return jwt.encode(claims_of(token), secret, "HS256", {"kid": "../../etc/passwd"})


def other_audience(token: str, secret: str) -> str:
    return signed(token, secret, aud="hivesync-preview")


def other_issuer(token: str, secret: str) -> str:
    return signed(token, secret, iss="https://elsewhere.example")


def not_yet_valid(token: str, secret: str) -> str:
    return signed(token, secret, nbf=claims_of(token)["exp"])


def odd_generation(token: str, secret: str) -> str:
    return signed(token, secret, gen="1")


def without_expiry(token: str, secret: str) -> str:
    claims = claims_of(token)
    del claims["exp"]
    return jwt.encode(claims, secret, "HS256", {"kid": jwt.get_unverified_header(token)["kid"]})


def other_user(token: str, secret: str) -> str:
    return signed(token, secret, sub="01890000-0000-7000-8000-000000000000")


def signed(token: str, secret: str, **changed: Any) -> str:
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims_of(token) | changed, secret, "HS256", {"kid": kid})


FORGERIES = [
    unsigned,
    unsigned_with_kid,
    other_algorithm,
    other_key,
    unknown_kid,
    other_audience,
    other_issuer,
    not_yet_valid,
    odd_generation,
    without_expiry,
    other_user,
]


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_a_forged_token_is_refused(
    ann: BackendUser, client: httpx.AsyncClient, environ: dict[str, str]
) -> None:
    for forge in FORGERIES:
        forged = forge(ann.tokens["access_token"], environ["JWT_SECRET"])
        assert await answer_to(client, forged) == (401, "AUTH_INVALID"), forge.__name__


async def test_rubbish_is_refused(client: httpx.AsyncClient) -> None:
    def header(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") + ".e30.e30"

    deep = header("[" * 20_000), header('{"alg":"HS256","kid":' + "[" * 20_000)
    odd = header('{"alg":"HS256","kid":[1]}'), header('{"alg":"HS256","kid":' + "9" * 5_000 + "}")
    for token in ("x", "a.b.c", "é", "eyJhbGciOiJIUzI1NiJ9..", "x" * 5000, "hsk_é", *deep, *odd):
        answer = await client.get(ME, headers={b"Authorization": f"Bearer {token}".encode()})
        assert answer.status_code == 401, token[:40]


async def test_the_same_claims_signed_by_us_would_be_taken(
    ann: BackendUser, client: httpx.AsyncClient, environ: dict[str, str]
) -> None:
    # Else the forgeries above might be refused for a reason of the test's own making.
    token = signed(ann.tokens["access_token"], environ["JWT_SECRET"])
    assert (await client.get(ME, headers={"Authorization": f"Bearer {token}"})).status_code == 200


async def test_a_refresh_token_is_no_access_token(ann: BackendUser, client: httpx.AsyncClient) -> None:
    assert (await answer_to(client, ann.tokens["refresh_token"]))[0] == 401


async def test_the_preview_key_signs_no_access_token(
    ann: BackendUser, client: httpx.AsyncClient, backend: RunningBackend
) -> None:
    key = backend.settings.worker.preview_key()
    token = jwt.encode(claims_of(ann.tokens["access_token"]), key, "HS256")
    assert (await answer_to(client, token))[0] == 401


def test_tokens_live_no_longer_than_the_contract_says(ann: BackendUser) -> None:
    claims = claims_of(ann.tokens["access_token"])
    assert timedelta(seconds=claims["exp"] - claims["iat"]) <= timedelta(minutes=15)
