"""A key in `HIVESYNC_TOKEN`, as scripts use it: by the SDK and by the command, without any sign-in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hivesync import AsyncClient, AuthenticationFailed, Locations, Settings
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend

KEYS = "/api/v1/api-keys"
pytestmark = pytest.mark.any_database


async def test_the_sdk_works_with_it(ann: BackendUser, backend: RunningBackend, tmp_path: Path) -> None:
    created = await ann.api_key(scope="write")
    settings = Settings.from_env({"HIVESYNC_SERVER_URL": backend.url, "HIVESYNC_TOKEN": created["key"]})
    locations = Locations(tmp_path / "run", tmp_path / "config", tmp_path / "state", tmp_path / "log")
    async with AsyncClient(settings=settings, locations=locations) as hivesync:
        assert (await hivesync.me()).username == "ann"
        await ann.client.delete(f"{KEYS}/{created['api_key']['id']}")
        with pytest.raises(AuthenticationFailed):
            await hivesync.me()


async def test_the_command_works_with_it(ann: BackendUser, backend: RunningBackend, tmp_path: Path) -> None:
    key = (await ann.api_key())["key"]
    hivesync = CommandLine(tmp_path / "machine", backend.url, {"HIVESYNC_TOKEN": key})
    await ann.project("Shop")
    assert (await hivesync.run("whoami")).out.startswith("ann@example.com (ann)")
    assert "Shop" in (await hivesync.run("api", "GET", "projects")).out
    outcome = await hivesync.run("api", "POST", "projects", "--data", '{"name": "x"}')
    assert outcome.code == 1
    assert "may only read" in outcome.out + outcome.err
