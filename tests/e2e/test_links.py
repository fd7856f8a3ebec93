"""A phone link opens one preview, for ten minutes, and nothing else."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import httpx
import jwt
import pytest
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.preview_token import ALGORITHM, key_id, preview_key
from hivesync_dev.browser import Phone
from hivesync_dev.stack.stack import Stack
from playwright.sync_api import expect

Preview = Callable[..., LocalPreview]


@pytest.fixture
def link(preview: Preview, vite_template: Callable[[str], Path]) -> str:
    return preview(vite_template("vanilla")).preview_url


def reminted(link: str, stack: Stack, **changes: Any) -> str:
    """Give the link with other claims, signed as the backend would."""
    address, token = urldefrag(link)
    claims = jwt.decode(token, options={"verify_signature": False}) | changes
    key = preview_key(None, stack.server.settings.worker_secret)
    return f"{address}#{jwt.encode(claims, key, algorithm=ALGORITHM, headers={'kid': key_id(key)})}"


def exchange(link: str) -> httpx.Response:
    address, token = urldefrag(link)
    return httpx.post(f"{address}/session", json={"token": token}, trust_env=False)


def test_a_good_link_is_accepted(link: str) -> None:
    assert exchange(link).status_code == 200


def test_an_expired_link_says_so_on_the_phone(link: str, stack: Stack, phone: Phone) -> None:
    expired = reminted(link, stack, exp=int(time.time()) - 1)
    answer = exchange(expired)
    assert answer.json()["code"] == "PREVIEW_EXPIRED"
    phone.open(expired)
    expect(phone.page.get_by_role("heading", name="This link is no longer open")).to_be_visible()
    phone.keep_screenshot("expired-link")


def test_a_token_opens_no_other_preview(link: str, preview: Preview, project: Path) -> None:
    other = preview(project).preview_url
    stolen = f"{urldefrag(other).url}#{urldefrag(link).fragment}"
    assert exchange(stolen).status_code in {401, 403}


def forged(link: str, algorithm: str, sign: Callable[[bytes], bytes]) -> str:
    """Give the link with its own claims under another header. By hand: libraries refuse to write such."""
    address, token = urldefrag(link)
    header = base64.urlsafe_b64encode(f'{{"alg":"{algorithm}"}}'.encode()).rstrip(b"=")
    signed = header + b"." + token.split(".")[1].encode()
    signature = base64.urlsafe_b64encode(sign(signed)).rstrip(b"=")
    return f"{address}#{(signed + b'.' + signature).decode()}"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS512", "HS256"])
def test_a_token_of_another_algorithm_or_key_is_refused(algorithm: str, link: str, stack: Stack) -> None:
    key = preview_key(None, stack.server.settings.worker_secret)
    signers: dict[str, Callable[[bytes], bytes]] = {
        "HS512": lambda text: hmac.digest(key, text, "sha512"),
        "HS256": lambda text: hmac.digest(b"another key", text, "sha256"),
    }
    assert exchange(forged(link, algorithm, signers.get(algorithm, lambda _: b""))).status_code == 401


def test_without_a_token_the_page_shows_nothing_of_the_preview(link: str, phone: Phone) -> None:
    phone.open(urldefrag(link).url)
    expect(phone.page.get_by_role("heading").first).to_be_visible()
    expect(phone.page.locator("iframe")).not_to_be_visible()


def test_artifacts_need_the_device_token(link: str) -> None:
    address = urldefrag(link).url
    for path in ("/current", "/v/1/artifact.json", "/v/1/app.js"):
        assert httpx.get(f"{address}{path}", trust_env=False).status_code == 401


def test_the_app_cannot_reach_the_page_around_it(link: str, phone: Phone) -> None:
    phone.open(link)
    expect(phone.app.get_by_role("heading", name="Get started")).to_be_visible()
    frame = phone.page.frames[-1]
    assert frame.evaluate("() => self.origin") == "null"
    reached = frame.evaluate(
        "() => { try { return parent.document.title } catch (error) { return error.name } }"
    )
    assert reached == "SecurityError"
    stored = frame.evaluate("() => { try { return document.cookie } catch (error) { return error.name } }")
    assert stored in {"", "SecurityError"}
