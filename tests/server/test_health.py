"""What the backend tells to anyone: who it is, what it speaks, and where uploads and previews are."""

from __future__ import annotations

import httpx
from hivesync_contract import API_MAX, API_MIN
from hivesync_server.settings import Settings


async def test_health_names_versions_and_the_only_other_places(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    told = (await client.get("/api/v1/health")).json()
    assert (told["status"], told["api_min"], told["api_max"]) == ("ok", API_MIN, API_MAX)
    assert told["worker_origin"] in told["upload_origins"]
    assert settings.worker.preview_public_url.startswith(told["worker_origin"])
    assert told["worker_origin"].count("/") == 2
