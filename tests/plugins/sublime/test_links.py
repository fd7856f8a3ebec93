"""Where the plugin lets a server's answer lead: the browser for links, the store for files."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hivesync_dev.paths import ROOT
from hivesync_dev.servers.scripted import ScriptedServer

FAR = "https://api.example"
HERE = "http://127.0.0.1:4000"
DONE = {"preview": {"id": "v1"}, "uploads": {"packs": [], "files": []}}
IS_OURS = "from client.links import is_ours; told = [is_ours(link, origins) for link, origins in asked]"
PREVIEW = """
from client.direct_preview import create_direct_preview
from client.errors import HiveSyncError

class Session:
    def get(self, path):
        return {"upload_origins": [asked["store"]]}

    def change(self, method, path, body=None):
        packs = [] if path.endswith("/complete") else [{"url": asked["store"] + "/put"}]
        return {"preview": {"id": "v1"}, "uploads": {"packs": packs, "files": []}}

try:
    told = create_direct_preview(Session(), asked["server"], "p1", "a.MD", b"# Hello", "ios")
except HiveSyncError as failure:
    told = failure.code
"""


async def of_the_client(python: Path, script: str, asked: Any) -> Any:
    """Run lines that read `asked` and set `told`, with the plugin's client at hand."""
    whole = f"import json, sys; asked = json.load(sys.stdin)\n{script}\njson.dump(told, sys.stdout)"
    process = await asyncio.create_subprocess_exec(
        *(str(python), "-B", "-c", whole),
        cwd=ROOT / "plugins_bridge" / "sublime",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(json.dumps(asked).encode())
    assert process.returncode == 0
    return json.loads(out)


async def test_a_server_elsewhere_has_no_say_over_this_machine(python: Path) -> None:
    ours = {
        f"{FAR}/p/1#t": [FAR],
        "https://worker.example/p/1": [FAR, "https://worker.example/"],
        "http://127.0.0.1:8787/p/1": [HERE],
        "http://localhost/": [HERE, FAR],
    }
    not_ours = {
        "http://127.0.0.1:631/": [FAR, "http://127.0.0.1:631"],
        "https://127.0.0.1/": [FAR, "https://127.0.0.1"],
        "http://[::1]:8787/p/1": [FAR, HERE],
        "https://worker.example/": [HERE],
        "": [FAR, ""],
        "file:///etc/passwd": [FAR],
    }
    asked = [*ours.items(), *not_ours.items()]
    assert await of_the_client(python, IS_OURS, asked) == [True] * len(ours) + [False] * len(not_ours)


@pytest.mark.parametrize(
    ("server", "status", "told"),
    [(FAR, 200, "FORBIDDEN"), (HERE, 200, DONE), (HERE, 403, "VALIDATION_ERROR")],
)
async def test_a_file_goes_to_this_machine_only_for_a_server_that_is_here(
    python: Path, server: str, status: int, told: Any
) -> None:
    async with ScriptedServer() as store:

        async def take(_: web.Request) -> web.StreamResponse:
            return web.Response(status=status)

        store.on("PUT", "/put", take)
        assert await of_the_client(python, PREVIEW, {"server": server, "store": store.origin}) == told
        assert [each.body for each in store.requests] == ([] if told == "FORBIDDEN" else [b"# Hello"])
        assert all("Authorization" not in each.headers for each in store.requests)
