"""The deployment guide's nginx block, as it is written, in front of the real server."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from hivesync_contract.limits import MANIFEST_FILES
from hivesync_dev.servers.backend_user import BackendUser, manifest
from hivesync_dev.servers.nginx import SITE, NginxServer
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.testing import require_tool
from hivesync_server.auth.tables import DeviceCodeRow
from hivesync_server.checks import State, outside
from sqlalchemy import select

pytestmark = pytest.mark.any_database

GUIDE = """\
server {
    listen 80;
    server_name api.yourdomain.com;

    location / {
        proxy_pass http://127.0.0.1:8000/;
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
    }
}
"""
NGINX_BODY_BYTES = 1024 * 1024
"""What nginx takes when nobody says more, as the guide does not."""


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """Believe the proxy alone: the clients of these tests have loopback addresses, too."""
    return environ | {"TRUSTED_PROXIES": "127.0.0.1/32"}


@pytest.fixture
def nginx(backend: RunningBackend, tmp_path: Path) -> NginxServer:
    program = require_tool("nginx", "apt-get install nginx-light")
    return NginxServer(program, tmp_path / "nginx", backend.settings.http.port)


@pytest.fixture
async def visitor(nginx: NginxServer) -> AsyncIterator[httpx.AsyncClient]:
    """A client from 127.0.0.5."""
    with nginx:
        transport = httpx.AsyncHTTPTransport(local_address="127.0.0.5")
        async with httpx.AsyncClient(base_url=nginx.url, transport=transport, timeout=20) as client:
            yield client


async def address_of(backend: RunningBackend, answer: httpx.Response) -> str:
    """Give the address that the server noted for a device sign-in."""
    code = answer.json()["user_code"].replace("-", "")
    async with backend.resources.database.transaction(writes=False) as transaction:
        rows = (await transaction.session.scalars(select(DeviceCodeRow))).all()
    return next(row.client_address for row in rows if row.user_code.replace("-", "") == code)


def test_the_committed_site_is_the_guides() -> None:
    without_comments = re.sub(r"^#.*\n", "", SITE.read_text("utf-8"), flags=re.MULTILINE)
    assert without_comments == GUIDE


async def test_events_come_through_at_once(visitor: httpx.AsyncClient) -> None:
    ann = await BackendUser(visitor, "ann").sign_up()
    project = await ann.project()
    async with asyncio.timeout(10), visitor.stream("GET", "/api/v1/events") as stream:
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith((":", "id"))  # the first message, before anything happened
        await ann.preview(project)
        async for line in lines:
            if line.startswith("event: preview.state"):
                break


async def test_the_client_is_who_nginx_says_whatever_it_says_of_itself(
    visitor: httpx.AsyncClient, backend: RunningBackend
) -> None:
    forged = {"X-Real-IP": "198.51.100.7", "X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.7"}
    through = await visitor.post("/api/v1/auth/device/code", data={}, headers=forged)
    assert await address_of(backend, through) == "127.0.0.5"
    transport = httpx.AsyncHTTPTransport(local_address="127.0.0.5")
    async with httpx.AsyncClient(base_url=backend.url, transport=transport) as stranger:
        direct = await stranger.post("/api/v1/auth/device/code", data={}, headers=forged)
    assert await address_of(backend, direct) == "127.0.0.5"


TELLS = "proxy_set_header X-Real-IP $remote_addr;"
HOLDS = "gzip on; gzip_types text/event-stream; gzip_min_length 0; proxy_ignore_headers X-Accel-Buffering;"


async def test_the_check_finds_what_is_wrong_with_the_proxy(backend: RunningBackend, tmp_path: Path) -> None:
    program = require_tool("nginx", "apt-get install nginx-light")
    mistakes = {
        "nobody can claim": {},
        "may evade limits": {TELLS: ""},
        "does not tell who asks": {TELLS: 'proxy_set_header X-Real-IP "";'},
        "does not believe": {"proxy_pass": "proxy_bind 127.0.0.9; proxy_pass"},
        "keeps streams back": {"proxy_pass": f"{HOLDS} proxy_pass"},
    }
    for number, (told, changes) in enumerate(mistakes.items()):
        with NginxServer(program, tmp_path / f"nginx{number}", backend.settings.http.port, changes) as nginx:
            findings = await outside.through_proxy(nginx.url)
        failed = [finding for finding in findings if finding.state is State.FAIL]
        assert len(failed) == (1 if changes else 0), (changes, findings)
        assert told in (failed or findings)[0].detail
        assert all(finding.remedy for finding in failed)


async def test_encoded_slashes_and_dots_reach_nothing_that_is_not_asked_for(
    visitor: httpx.AsyncClient,
) -> None:
    ann = await BackendUser(visitor, "ann").sign_up()
    project = await ann.project()
    # nginx decodes what it passes on: `%2F` is a slash behind it.
    assert (await visitor.get(f"/api/v1/projects/x%2F..%2F{project}")).json()["id"] == project
    for path in (f"/api/v1/projects/{project}%2Ftasks%2Fnope", "/api/v1/%2e%2e/%2e%2e/etc/passwd"):
        answer = await visitor.get(path)
        assert answer.status_code in (400, 404, 422)


async def test_the_longest_manifest_fits_through_as_gzip(visitor: httpx.AsyncClient) -> None:
    ann = await BackendUser(visitor, "ann").sign_up()
    project = await ann.project()
    folder = "packages/storefront/src/components/" + "deeply-nested-folder/" * 8
    contents = {f"{folder}element-{number:05}.tsx": b"%d" % number for number in range(MANIFEST_FILES)}
    plain = json.dumps(manifest(contents)).encode()
    packed = gzip.compress(plain)
    assert len(packed) < NGINX_BODY_BYTES < len(plain)
    path = f"/api/v1/projects/{project}/previews"
    as_json = {"Content-Type": "application/json"}
    assert (await visitor.post(path, content=plain, headers=as_json)).status_code == 413
    answer = await visitor.post(path, content=packed, headers=as_json | {"Content-Encoding": "gzip"})
    assert answer.status_code == 201, answer.text
