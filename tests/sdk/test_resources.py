"""What each call sends, and what it gives."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hivesync import AsyncClient, CallInvalid, Mode, Offline, OfflineQueued, PreviewFailed
from hivesync_contract.errors import Diagnostic, ErrorCode
from hivesync_contract.keychain import KeychainState, SessionStore
from hivesync_contract.local_api import LocalPreview, LoginPending, Session
from hivesync_contract.pages import Page
from hivesync_contract.previews import Platform, PreviewError, PreviewState
from hivesync_contract.projects import Project
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.scripted import Handler, json_answer

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PROJECTS = [Project(f"p{number}", f"Project {number}", "", "u1", NOW, NOW) for number in range(5)]
PREVIEW = LocalPreview("v1", PreviewState.PREPARING, "/src/app", "App.tsx")


def in_turn(*answers: Any) -> Handler:
    """Give a handler that gives one answer after another, then the last one for ever."""
    remaining: Iterator[Any] = iter(answers)
    last = answers[-1]

    async def handle(request: web.Request) -> web.StreamResponse:
        return await json_answer(next(remaining, last))(request)

    return handle


async def test_listing_projects_walks_all_pages(agent: FakeAgent, client: AsyncClient) -> None:
    async def page(request: web.Request) -> web.StreamResponse:
        start = int(request.query.get("cursor", "0"))
        end = start + int(request.query["limit"])
        cursor = str(end) if end < len(PROJECTS) else None
        return await json_answer(Page(PROJECTS[start:end], cursor))(request)

    agent.on("GET", "/api/v1/projects", page)
    assert [project async for project in client.projects.list(page_size=2)] == PROJECTS
    assert [request.query for request in agent.asked("GET", "/api/v1/projects")] == [
        "limit=2",
        "limit=2&cursor=2",
        "limit=2&cursor=4",
    ]


async def test_pages_are_fetched_only_as_far_as_they_are_needed(
    agent: FakeAgent, client: AsyncClient
) -> None:
    agent.on("GET", "/api/v1/projects", json_answer(Page(PROJECTS[:2], "more")))
    async for project in client.projects.list(page_size=2):
        assert project == PROJECTS[0]
        break
    assert len(agent.asked("GET", "/api/v1/projects")) == 1


async def test_a_project_is_created_changed_and_deleted(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("POST", "/api/v1/projects", json_answer(PROJECTS[0], 201))
    agent.on("PATCH", "/api/v1/projects/p0", json_answer(PROJECTS[0]))
    agent.on("DELETE", "/api/v1/projects/p0", json_answer(None, 200))
    assert await client.projects.create("Project 0") == PROJECTS[0]
    assert await client.projects.update("p0", description="") == PROJECTS[0]
    await client.projects.delete("p0")
    created, changed, deleted = (request for request in agent.requests if request.method != "GET")
    assert created.json() == {"name": "Project 0", "description": "", "tags": [], "template": None}
    assert changed.json() == {"description": ""}, "what is not given is not sent (RFC 7396)"
    keys = {request.headers["Idempotency-Key"] for request in (created, changed, deleted)}
    assert len(keys) == 3


async def test_reading_carries_no_idempotency_key(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", "/api/v1/projects/p0", json_answer(PROJECTS[0]))
    await client.projects.get("p0")
    assert "Idempotency-Key" not in agent.requests[-1].headers


@pytest.mark.parametrize("project_id", ["../auth/me", "a/b", "a?b", "a#b", "ä", "%2e%2e"])
async def test_an_id_can_not_name_another_route(
    agent: FakeAgent, client: AsyncClient, project_id: str
) -> None:
    agent.on("GET", "/api/v1/auth/me", json_answer(PROJECTS[0]))
    (answer,) = [await client.request("GET", "/api/v1/projects")]
    assert answer.status == 404
    with pytest.raises(Exception, match=r"nothing here"):
        await client.projects.get(project_id)
    assert agent.requests[-1].path.startswith("/api/v1/projects/")
    assert agent.requests[-1].path.count("/") == 4


@pytest.mark.parametrize("project_id", ["", ".", ".."])
async def test_what_is_no_id_is_not_sent(agent: FakeAgent, client: AsyncClient, project_id: str) -> None:
    with pytest.raises(CallInvalid):
        await client.projects.get(project_id)
    assert agent.requests == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "api/v1/projects"),
        ("GET", "//evil.example/x"),
        ("GET", "http://evil.example/"),
        ("GET", "/api/v1/x\r\nX-Evil: 1"),
        ("GET", "/api/v1/a b"),
        ("GET", "/api\\v1"),
        ("GET", "/api/v1/x#y"),
        ("GET", "/äpi"),
        ("CONNECT", "/api/v1/x"),
        ("GET /x", "/api/v1/x"),
    ],
)
async def test_a_call_that_could_leave_the_api_is_not_sent(
    agent: FakeAgent, client: AsyncClient, method: str, path: str
) -> None:
    with pytest.raises(CallInvalid):
        await client.request(method, path)
    assert agent.requests == []


async def test_a_raw_call_gives_error_answers_back(agent: FakeAgent, client: AsyncClient) -> None:
    answer = await client.request("get", "/api/v1/nothing")
    assert (answer.status, answer.mode, answer.json()["code"]) == (404, Mode.PROXY, "NOT_FOUND")


async def test_a_raw_call_sends_json_query_and_headers(agent: FakeAgent, client: AsyncClient) -> None:
    await client.request(
        "POST", "/v1/x", json={"a": 1}, params={"b": 2, "c": None}, headers={"Idempotency-Key": "k1"}
    )
    sent = agent.requests[-1]
    assert (sent.json(), sent.query, sent.headers["Idempotency-Key"]) == ({"a": 1}, "b=2", "k1")
    assert sent.headers["Content-Type"] == "application/json"


async def test_every_request_says_who_asks_and_looks_like_no_browser(
    agent: FakeAgent, client: AsyncClient
) -> None:
    await client.request("GET", "/v1/status")
    for request in agent.requests:
        names = {name.lower() for name in request.headers}
        assert request.headers["X-HiveSync-Client"].startswith("hivesync-sdk/")
        assert request.headers["Host"] == f"127.0.0.1:{agent.port}"
        assert not {
            name for name in names if name in ("origin", "referer", "cookie") or name.startswith("sec-")
        }
        assert agent.token not in request.path + request.query


async def test_a_preview_is_asked_for_by_its_absolute_path(
    agent: FakeAgent, client: AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    agent.on("POST", "/v1/previews", json_answer(PREVIEW, 202))
    assert await client.previews.create("app", platform=Platform.ANDROID) == PREVIEW
    assert agent.requests[-1].json() == {
        "path": os.path.join(os.getcwd(), "app"),
        "entry": None,
        "platform": "android",
        "live": False,
    }


async def test_watching_gives_every_change_once_and_ends(agent: FakeAgent, client: AsyncClient) -> None:
    states = [PreviewState.PREPARING, PreviewState.UPLOADING, PreviewState.UPLOADING, PreviewState.READY]
    answers = [LocalPreview("v1", state, "/src/app", "App.tsx") for state in states]
    agent.on("GET", "/v1/previews/v1", in_turn(*answers))
    seen = [preview.state async for preview in client.previews.watch("v1")]
    assert seen == [PreviewState.PREPARING, PreviewState.UPLOADING, PreviewState.READY]


async def test_waiting_gives_the_ready_preview(agent: FakeAgent, client: AsyncClient) -> None:
    ready = LocalPreview("v1", PreviewState.READY, "/src/app", "App.tsx", preview_url="http://x/p/1#t")
    agent.on("GET", "/v1/previews/v1", in_turn(PREVIEW, ready))
    assert await client.previews.wait("v1") == ready


async def test_waiting_for_a_preview_that_fails_raises_with_its_place(
    agent: FakeAgent, client: AsyncClient
) -> None:
    place = Diagnostic("unexpected }", "App.tsx", 3, 7)
    error = PreviewError(ErrorCode.PAYLOAD_TOO_LARGE, "Too much.", place)
    agent.on(
        "GET", "/v1/previews/v1", json_answer(LocalPreview("v1", PreviewState.FAILED, "/a", "b", error=error))
    )
    with pytest.raises(PreviewFailed, match=r"Too much\.") as caught:
        await client.previews.wait("v1")
    assert (caught.value.code, caught.value.diagnostic) == (ErrorCode.PAYLOAD_TOO_LARGE, place)
    assert caught.value.status == caught.value.problem().status == 413


async def test_waiting_has_an_end(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", "/v1/previews/v1", json_answer(PREVIEW))
    with pytest.raises(Offline, match="still preparing"):
        await client.previews.wait("v1", deadline_seconds=0)


async def test_previews_are_listed_and_cancelled(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", "/v1/previews", json_answer(Page([PREVIEW])))
    agent.on("DELETE", "/v1/previews/v1", json_answer(None))
    assert await client.previews.list() == [PREVIEW]
    await client.previews.cancel("v1")
    assert len(agent.asked("DELETE", "/v1/previews/v1")) == 1


async def test_the_agent_s_session_is_started_shown_and_ended(agent: FakeAgent, client: AsyncClient) -> None:
    pending = LoginPending("ABCD", "http://x/device", "http://x/device?c=ABCD", 600)
    session = Session(False, "http://x", "default", KeychainState.OK, SessionStore.NONE, pending=pending)
    agent.on("POST", "/v1/session/login", json_answer(session, 202))
    agent.on("GET", "/v1/session", json_answer(session))
    agent.on("DELETE", "/v1/session", json_answer(session))
    assert await client.agent.login_device() == session
    assert json.loads(agent.requests[-1].body) == {"login": None, "password": None}
    await client.agent.login_password("ada", "secret")
    assert json.loads(agent.requests[-1].body) == {"login": "ada", "password": "secret"}
    assert await client.agent.session() == session
    await client.agent.logout()


@pytest.mark.parametrize("switch", ["pause", "resume", "shutdown"])
async def test_the_agent_s_switches(agent: FakeAgent, client: AsyncClient, switch: str) -> None:
    agent.on("POST", f"/v1/{switch}", json_answer(None, 202))
    await getattr(client.agent, switch)()
    assert len(agent.asked("POST", f"/v1/{switch}")) == 1


async def test_a_change_that_waits_for_the_backend_is_told_as_such(
    agent: FakeAgent, client: AsyncClient
) -> None:
    problem = {"status": 202, "code": "OFFLINE_QUEUED", "detail": "Kept.", "operation_id": "op-1"}

    async def queued(_: web.Request) -> web.StreamResponse:
        return web.json_response(problem, status=202, content_type="application/problem+json")

    agent.on("PATCH", "/api/v1/projects/p1", queued)
    with pytest.raises(OfflineQueued) as caught:
        await client.projects.update("p1", name="New")
    assert (caught.value.code, caught.value.operation_id) == (ErrorCode.OFFLINE_QUEUED, "op-1")


async def test_favorites_are_set_and_asked(agent: FakeAgent, client: AsyncClient) -> None:
    for method, favorite in (("PUT", True), ("GET", True), ("DELETE", False)):
        agent.on(method, "/api/v1/projects/p1/favorite", json_answer({"favorite": favorite}))
    await client.projects.add_favorite("p1")
    assert await client.projects.is_favorite("p1")
    await client.projects.remove_favorite("p1")
    assert [request.method for request in agent.requests if "favorite" in request.path] == [
        "PUT",
        "GET",
        "DELETE",
    ]
