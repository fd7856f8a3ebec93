"""The backend goes away and comes back, parts are killed: reads show their age, changes happen once."""

from __future__ import annotations

import time

import httpx
import pytest
from hivesync_contract import headers
from hivesync_dev.stack.stack import Stack

DEADLINE_SECONDS = 30.0


@pytest.fixture
def project(stack: Stack) -> str:
    """The path of a project that the agent has just shown to somebody."""
    with stack.api() as api:
        made = api.http.post("/api/v1/projects", json={"name": "before"}).json()
        path = f"/api/v1/projects/{made['id']}"
        api.http.get(path).raise_for_status()
        return path


def rename(agent: httpx.Client, path: str, name: str) -> httpx.Response:
    return agent.patch(path, json={"name": name})


def wait_until_settled(agent: httpx.Client) -> None:
    ends = time.monotonic() + DEADLINE_SECONDS
    while items := agent.get("/v1/operations").json()["items"]:
        assert time.monotonic() < ends, items
        time.sleep(0.05)


def test_reads_are_answered_from_before_and_changes_are_made_when_the_backend_is_back(
    stack: Stack, project: str
) -> None:
    with stack.api() as api:
        made = api.http.post(f"{project}/tasks", json={"title": "Ship it"}).raise_for_status().json()
        task = f"{project}/tasks/{made['id']}"
    stack.server.kill()
    with stack.api() as api:
        answer = api.http.get(project)
        assert (answer.status_code, answer.json()["name"]) == (200, "before")
        assert int(answer.headers[headers.OFFLINE]) >= 0
        assert int(answer.headers["age"]) >= 0
        queued = rename(api.http, project, "after")
        assert (queued.status_code, queued.json()["code"]) == (202, "OFFLINE_QUEUED")
        assert api.http.put(f"{project}/favorite").status_code == 202
        assert api.http.patch(task, json={"status": "done"}).status_code == 202
        comment = {"target": {"kind": "project"}, "body": "Written offline"}
        assert api.http.post(f"{project}/comments", json=comment).status_code == 202
        refused = api.http.delete(project)
        assert (refused.status_code, refused.json()["code"]) == (503, "UPSTREAM_UNREACHABLE")

        stack.runner.restart(stack.server)
        wait_until_settled(api.http)
        fresh = api.http.get(project)
        assert (fresh.json()["name"], headers.OFFLINE in fresh.headers) == ("after", False)
        assert api.http.get(f"{project}/favorite").json() == {"favorite": True}
        assert api.http.get(task).json()["status"] == "done"
        comments = api.http.get(f"{project}/comments").json()["items"]
        assert [each["body"] for each in comments] == ["Written offline"]


def test_a_stale_change_comes_back_with_both_sides(stack: Stack, project: str) -> None:
    with stack.api() as api:
        tag = api.http.get(project).headers["etag"]
        rename(api.http, project, "theirs")
        stack.server.kill()
        queued = api.http.patch(project, json={"name": "mine"}, headers={"If-Match": tag})
        assert queued.status_code == 202
        stack.runner.restart(stack.server)
        conflict = None
        ends = time.monotonic() + DEADLINE_SECONDS
        while conflict is None and time.monotonic() < ends:
            (operation,) = api.http.get("/v1/operations").json()["items"]
            conflict = operation["conflict"]
            time.sleep(0.05)
        assert conflict is not None
        assert conflict["problem"]["code"] == "PRECONDITION_FAILED"
        assert (operation["change"]["name"], conflict["theirs"]["name"]) == ("mine", "theirs")
        assert api.http.delete(f"/v1/operations/{operation['id']}").status_code == 204


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_killing_agent_and_backend_meanwhile_loses_and_doubles_nothing(
    stack: Stack, project: str, seconds: float
) -> None:
    stack.server.kill()
    with stack.api() as api:
        assert {rename(api.http, project, f"name {number}").status_code for number in range(10)} == {202}
        assert api.http.put(f"{project}/favorite").status_code == 202
    stack.runner.restart(stack.server)
    time.sleep(seconds)
    for part in (stack.server, stack.agent):
        part.kill()
        stack.runner.restart(part)
    with stack.api() as api:
        wait_until_settled(api.http)
        assert api.http.get(project).json()["name"] == "name 9"
        assert api.http.get(f"{project}/favorite").json() == {"favorite": True}
