"""Errors: always a problem with a stable code and a request id, never a stack, never a secret."""

from __future__ import annotations

import asyncio
import json
import logging
import re

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server import logs
from hivesync_server.settings import load
from sqlalchemy import text

LOGIN = "/api/v1/auth/login"
pytestmark = pytest.mark.any_database


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["title"]
    assert problem["detail"]
    return answer.status_code, problem["code"]


async def test_the_frameworks_own_errors_are_problems_too(client: httpx.AsyncClient) -> None:
    assert code_of(await client.get("/nowhere")) == (404, "NOT_FOUND")
    assert code_of(await client.get("/api/v1/nowhere")) == (404, "NOT_FOUND")
    answer = await client.put("/api/v1/health")
    assert code_of(answer) == (405, "VALIDATION_ERROR")
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b'"text"',
        b"[]",
        b"null",
        b'{"password": "\\ud800", "login": "x"}',
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(LOGIN, content=body, headers={"Content-Type": "application/json"})
    status, code = code_of(answer)
    assert (status in {400, 422}, code) == (True, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        (b'{"login": "x", "password": "y", "colour": "red"}', "colour", "is not known here"),
        (b'{"login": "x"}', "password", "must be given"),
        (b"[]", "", "must be a JSON object"),
        (b'{"login"', "", "must be JSON"),
    ],
)
async def test_what_is_wrong_with_a_body_is_said_without_the_words_of_python(
    client: httpx.AsyncClient, body: bytes, field: str, message: str
) -> None:
    answer = await client.post(LOGIN, content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["errors"] == [{"field": field, "message": message}]


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
async def test_deeply_nested_json_is_refused(client: httpx.AsyncClient, opening: bytes) -> None:
    body = opening * 40_000
    answer = await client.post(LOGIN, content=body, headers={"Content-Type": "application/json"})
    assert code_of(answer)[0] in {400, 422}
    nested = b'{"login": ' + b"[" * 900 + b"]" * 900 + b', "password": "x"}'
    answer = await client.post(LOGIN, content=nested, headers={"Content-Type": "application/json"})
    assert code_of(answer) == (422, "VALIDATION_ERROR")


async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient) -> None:
    body = json.dumps({"login": "x", "password": "x" * 300_000}).encode()
    answer = await client.post(LOGIN, content=body, headers={"Content-Type": "application/json"})
    assert code_of(answer) == (413, "PAYLOAD_TOO_LARGE")


async def test_an_endless_body_is_cut_off(backend: RunningBackend) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", backend.settings.http.port)
    writer.write(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
    writer.write(b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    for _ in range(8):
        writer.write(chunk)
    async with asyncio.timeout(10):
        await writer.drain()
        status = await reader.readline()
    writer.close()
    assert b" 413 " in status


async def test_a_request_id_is_passed_on_when_it_is_harmless(client: httpx.AsyncClient) -> None:
    for harmless in ("agent-4711.a_b", "7"):
        answer = await client.get("/nowhere", headers={"X-Request-ID": harmless})
        assert answer.headers["x-request-id"] == answer.json()["request_id"] == harmless
    for harmful in ("", "x" * 129, "with space here", 'quote"quote'):
        answer = await client.get("/nowhere", headers={"X-Request-ID": harmful})
        assert answer.headers["x-request-id"] != harmful


async def test_what_nobody_expected_is_a_500_without_details(
    ann: BackendUser, backend: RunningBackend, caplog: pytest.LogCaptureFixture
) -> None:
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(text("DROP TABLE event_counters"))
        await transaction.session.execute(text("ALTER TABLE projects RENAME TO gone"))
    answer = await ann.client.get("/api/v1/projects")
    assert code_of(answer) == (500, "INTERNAL_ERROR")
    assert "projects" not in answer.json()["detail"]
    crashed = [record for record in caplog.records if record.message == "request crashed"]
    assert crashed[0].exc_info


async def test_a_full_disk_loses_nothing_that_was_accepted(ann: BackendUser, backend: RunningBackend) -> None:
    accepted = await ann.project("Kept")
    database = backend.resources.database
    async with database.transaction() as transaction:
        pages = await transaction.session.scalar(text("PRAGMA page_count"))
    await set_page_limit(backend, pages or 1)
    project = {"name": "x", "description": "y" * 10_000}
    answers = [await ann.client.post("/api/v1/projects", json=project) for _ in range(30)]
    assert code_of(answers[-1]) == (507, "STORAGE_FULL")
    assert (await ann.client.get(f"/api/v1/projects/{accepted}")).json()["name"] == "Kept"
    stored = (await ann.client.get("/api/v1/projects", params={"limit": 200})).json()["items"]
    assert len(stored) == 1 + sum(answer.status_code == 201 for answer in answers)
    await set_page_limit(backend, 1_000_000)
    assert (await ann.client.post("/api/v1/projects", json=project)).status_code == 201


async def set_page_limit(backend: RunningBackend, pages: int) -> None:
    """Let SQLite take this for the end of the disk, on every connection there is and will be."""
    from sqlalchemy import event

    engine = backend.resources.database.engine

    def limit(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA max_page_count={pages}")
        cursor.close()

    await engine.dispose()
    event.listen(engine.sync_engine, "connect", limit)


def test_a_log_line_is_json_with_its_fields_and_its_request() -> None:
    record = logging.makeLogRecord({"name": "x", "msg": "done", "levelname": "INFO", "job": "7"})
    token = logs.request_id.set("r-1")
    line = json.loads(logs.JsonFormatter().format(record))
    logs.request_id.reset(token)
    assert (line["message"], line["job"], line["request_id"]) == ("done", "7", "r-1")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", line["at"])


async def test_every_answer_carries_what_browsers_need_to_be_told(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/health")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in answer.headers
    assert "server" not in answer.headers


async def test_https_is_insisted_on_where_we_are_reached_by_it(environ: dict[str, str]) -> None:
    async with RunningBackend(load(environ | {"BASE_URL": "https://api.example.com"})) as backend:
        address = f"http://127.0.0.1:{backend.settings.http.port}"
        async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
            answer = await client.get("/device")
    assert "max-age=" in answer.headers["strict-transport-security"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie
