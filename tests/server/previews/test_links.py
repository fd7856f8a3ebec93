"""Phone links: signed for ten minutes, with the key that the Worker has."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
import segno
from hivesync_contract.preview_token import key_id, preview_key
from hivesync_dev.servers.backend_user import BackendUser, preview_path
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend

pytestmark = pytest.mark.any_database


def claims_of(url: str, key: bytes) -> dict[str, Any]:
    token = urlsplit(url).fragment
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "kid": key_id(key)}
    claims: dict[str, Any] = jwt.decode(token, key, ["HS256"])
    return claims


async def test_a_link_proves_what_the_worker_asks_for(ann: BackendUser, environ: dict[str, str]) -> None:
    preview = (await ann.preview(await ann.project()))["preview"]
    url = urlsplit(preview["preview_url"])
    assert f"{url.scheme}://{url.netloc}" == environ["WORKER_URL"]
    assert url.path == f"/p/{preview['id']}"
    assert not url.query
    claims = claims_of(preview["preview_url"], preview_key(None, environ["WORKER_SHARED_SECRET"]))
    assert 500 < claims["exp"] - time.time() <= 600
    assert 86_000 < claims.pop("expires_at") - time.time() <= 86_400
    del claims["exp"]
    assert claims == {
        "preview_id": preview["id"],
        "project_id": preview["project_id"],
        "user_id": ann.profile["id"],
        "version": 1,
        "platform": "web",
        "tier": "premium",
        "role": "viewer",
        "devices": 5,
    }


async def test_the_code_of_a_link_fits_a_terminal_of_80_columns(ann: BackendUser) -> None:
    preview = (await ann.preview(await ann.project()))["preview"]
    _, _, rest = preview["preview_url"].partition("/p/")
    code = segno.make_qr(f"https://previews.yourdomain.com/p/{rest}", error="l")
    width, _ = code.symbol_size(border=1)
    assert width <= 80


async def test_every_reading_gives_a_link_that_can_still_be_opened(
    ann: BackendUser, clock: MovableClock, environ: dict[str, str]
) -> None:
    preview = (await ann.preview(await ann.project()))["preview"]
    clock.advance(minutes=14)
    later = await ann.get(preview)
    key = preview_key(None, environ["WORKER_SHARED_SECRET"])
    token = urlsplit(later["preview_url"]).fragment
    claims = jwt.decode(token, key, ["HS256"])
    assert claims["exp"] > clock().timestamp() + 500


async def test_an_unchanged_preview_keeps_its_tag_for_a_moment(ann: BackendUser) -> None:
    preview = (await ann.preview(await ann.project()))["preview"]
    tags = {(await ann.client.get(preview_path(preview))).headers["etag"] for _ in range(5)}
    assert len(tags) <= 2  # two, when the half minute ends just then


async def test_an_expired_preview_has_no_token(ann: BackendUser, clock: MovableClock) -> None:
    preview = (await ann.preview(await ann.project()))["preview"]
    clock.advance(hours=25)
    await ann.sign_in()
    assert (await ann.get(preview))["preview_url"].endswith(f"/p/{preview['id']}")


async def test_an_expired_preview_takes_no_new_version(ann: BackendUser, clock: MovableClock) -> None:
    from hivesync_dev.servers.backend_user import SOURCE, manifest

    preview = (await ann.preview(await ann.project()))["preview"]
    clock.advance(hours=25)
    await ann.sign_in()
    answer = await ann.client.post(f"{preview_path(preview)}/versions", json=manifest(SOURCE))
    assert (answer.status_code, answer.json()["code"]) == (410, "PREVIEW_EXPIRED")


class TestOwnKeyAndOrigin:
    @pytest.fixture
    def environ(self, environ: dict[str, str]) -> dict[str, str]:
        return environ | {
            "PREVIEW_TOKEN_SECRET": "p" * 40,
            "PREVIEW_PUBLIC_URL": "http://192.168.1.20:8788",
        }

    async def test_the_dedicated_key_and_the_public_origin_are_used(self, ann: BackendUser) -> None:
        preview = (await ann.preview(await ann.project()))["preview"]
        assert preview["preview_url"].startswith(f"http://192.168.1.20:8788/p/{preview['id']}#")
        assert claims_of(preview["preview_url"], b"p" * 40)["preview_id"] == preview["id"]

    async def test_health_lists_every_origin_that_uploads_and_rooms_use(
        self, backend: RunningBackend, environ: dict[str, str]
    ) -> None:
        async with backend.client() as client:
            health = (await client.get("/api/v1/health")).json()
        assert set(health["upload_origins"]) == {
            environ["R2_ENDPOINT"],
            environ["WORKER_URL"],
            "http://192.168.1.20:8788",
        }
