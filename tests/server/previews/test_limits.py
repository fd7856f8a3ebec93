"""How much a preview may hold."""

from __future__ import annotations

import hashlib

import pytest
from hivesync_contract.identity import Tier
from hivesync_contract.previews import FileEntry
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_server import operations
from hivesync_server.previews.limits import SourceTooLarge, check_sizes
from hivesync_server.settings import Settings
from hivesync_server.tiers.errors import TierLimit
from hivesync_server.tiers.limits import DEFAULTS

MEGABYTE = 1024 * 1024


def entry(path: str, size: int) -> FileEntry:
    return FileEntry(path, size, hashlib.sha256(path.encode()).hexdigest())


@pytest.mark.parametrize(("tier", "megabytes"), [(Tier.FREE, 2), (Tier.PRO, 10), (Tier.PREMIUM, 50)])
def test_each_tier_has_its_limit_to_the_byte(tier: Tier, megabytes: int) -> None:
    check_sizes([entry("photo.png", megabytes * MEGABYTE)], tier, DEFAULTS[tier].upload_bytes)
    with pytest.raises(TierLimit) as caught:
        check_sizes(
            [entry("photo.png", megabytes * MEGABYTE), entry("dot.png", 1)], tier, DEFAULTS[tier].upload_bytes
        )
    problem = caught.value.problem()
    assert (problem.status, problem.limit, problem.used) == (
        402,
        megabytes * MEGABYTE,
        megabytes * MEGABYTE + 1,
    )


@pytest.mark.parametrize("tier", list(Tier))
def test_source_text_is_capped_for_every_tier(tier: Tier) -> None:
    check_sizes([entry("a.ts", 2 * MEGABYTE)], tier, DEFAULTS[tier].upload_bytes)
    with pytest.raises(SourceTooLarge, match=r"3 MB.*2 MB"):
        check_sizes(
            [entry("a.ts", 2 * MEGABYTE), entry("b.TSX", MEGABYTE)], tier, DEFAULTS[tier].upload_bytes
        )


def test_equal_content_counts_once() -> None:
    check_sizes([FileEntry(f"{name}.ts", 2 * MEGABYTE, "0" * 64) for name in "abc"], Tier.FREE, 2 * MEGABYTE)


@pytest.mark.any_database
async def test_a_client_is_told_limit_and_use(ann: BackendUser, settings: Settings) -> None:
    await operations.set_tier(settings, "ann", Tier.FREE)
    files = [{"path": "photo.png", "size": 3 * MEGABYTE, "sha256": "0" * 64}]
    path = f"/api/v1/projects/{await ann.project()}/previews"
    answer = await ann.client.post(path, json={"kind": "image", "entry": "photo.png", "files": files})
    problem = answer.json()
    assert (problem["code"], problem["status"]) == ("TIER_LIMIT", 402)
    assert (problem["limit"], problem["used"]) == (2 * MEGABYTE, 3 * MEGABYTE)


@pytest.mark.any_database
async def test_too_much_source_is_413(ann: BackendUser) -> None:
    files = [{"path": "main.ts", "size": 3 * MEGABYTE, "sha256": "0" * 64}]
    path = f"/api/v1/projects/{await ann.project()}/previews"
    answer = await ann.client.post(path, json={"kind": "web", "entry": "main.ts", "files": files})
    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
