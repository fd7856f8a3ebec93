"""docs/api.md is true: its examples run as they stand, as one program, against a real backend."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from hivesync_dev.paths import ROOT
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver

GUIDE = (ROOT / "docs" / "api.md").read_text("utf-8")
PROGRAM = "\n".join(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL))
END = """
import sys, json
for line in sys.stdin:
    message = json.loads(line)
    print(receive(message["body"].encode(), message["headers"]))
"""


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    """A server that takes webhooks."""
    receiver = await WebhookReceiver().start()
    yield receiver
    await receiver.stop()


@pytest.mark.any_database
async def test_the_guide_s_program_runs(
    ann: BackendUser, backend: RunningBackend, receiver: WebhookReceiver
) -> None:
    body = {"url": f"{receiver.origin}/guide", "events": ["project.created"]}
    hook = (await ann.client.post("/api/v1/webhooks", json=body)).raise_for_status().json()
    project = await ann.project("Told")
    (message,) = await receiver.wait_for(1, "/guide")
    key = await ann.api_key(scope="write")
    names = f"BASE, KEY, SECRET = {backend.url!r}, {key['key']!r}, {hook['secret']!r}\n"
    told = json.dumps({"body": message.body.decode(), "headers": dict(message.headers)}) + "\n"
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", names + PROGRAM + END],
        input=told * 2,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.splitlines()[-2:] == [f"project.created in {project}", "seen before"], done.stderr
