"""The Worker's cron fires locally too, so that what the admin pages say of it is true."""

from __future__ import annotations

import json
import subprocess
import time

import httpx
from hivesync_dev.paths import VENV_BIN
from hivesync_dev.stack.stack import Stack

PASSWORD = "kettle drum on Tuesday"


def test_the_admin_pages_hear_from_the_local_worker(stack: Stack) -> None:
    make_admin(stack)
    with httpx.Client(base_url=stack.server.settings.url, trust_env=False) as client:
        signed_in = client.post("/api/v1/auth/login", json={"login": "owner", "password": PASSWORD})
        signed_in.raise_for_status()
        client.headers["Authorization"] = f"Bearer {signed_in.json()['access_token']}"
        ends = time.monotonic() + 30
        while not (workers := client.get("/api/v1/admin/workers").raise_for_status().json()):
            assert time.monotonic() < ends, "no heartbeat"
            time.sleep(0.2)
    assert [worker["worker_id"] for worker in workers] == ["hivesync-worker"]


def make_admin(stack: Stack) -> None:
    command = [str(VENV_BIN / "hivesync-server"), "create-admin", "owner@example.org", "owner", "--json"]
    env = {**stack.server.command().env, "HIVESYNC_ADMIN_PASSWORD": PASSWORD}
    done = subprocess.run(
        command, env=env, cwd=stack.server.settings.folder, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["is_admin"]
