"""What users say about themselves."""

from __future__ import annotations

import pytest
from hivesync_dev.servers.backend_user import BackendUser

PROFILE = "/api/v1/profile"


async def test_a_profile_changes_by_a_merge_patch(ann: BackendUser) -> None:
    before = await ann.client.get(PROFILE)
    assert {before.json()[name] for name in ("display_name", "locale", "timezone")} == {"", "en", "UTC"}
    changes = {"display_name": " Ann Ä. ", "timezone": "Europe/Berlin"}
    after = await ann.client.patch(PROFILE, json=changes, headers={"If-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json() == before.json() | {"display_name": "Ann Ä.", "timezone": "Europe/Berlin"}
    assert (await ann.client.get(PROFILE)).json() == after.json()
    cleared = await ann.client.patch(PROFILE, json={"display_name": None})
    assert cleared.json() == before.json() | {"timezone": "Europe/Berlin"}
    stale = await ann.client.patch(PROFILE, json=changes, headers={"If-Match": before.headers["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "PRECONDITION_FAILED")


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", "x" * 81),
        ("display_name", "two\nlines"),
        ("locale", "no locale"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("email", "eve@example.com"),
        ("email_verified", True),
        ("is_admin", True),
        ("tier", "premium"),
        ("username", "eve"),
    ],
)
async def test_what_breaks_a_rule_or_is_not_theirs_is_refused(
    ann: BackendUser, field: str, value: object
) -> None:
    answer = await ann.client.patch(PROFILE, json={field: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
