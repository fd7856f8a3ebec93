"""A colleague who works at the same project from somewhere else, by the backend's own API."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from hivesync_dev.stack.api import register
from hivesync_dev.stack.stack import Stack

NAME = "mia"


class Colleague:
    """A member of the project, signed in."""

    def __init__(self, http: httpx.Client, project_id: str) -> None:
        self._http = http
        self._project = f"/api/v1/projects/{project_id}"

    def add_task(self, title: str, **more: Any) -> None:
        """Make a task."""
        self._send("POST", "tasks", {"title": title, **more})

    def assign_task(self, title: str) -> None:
        """Make a task for the project's owner."""
        self.add_task(title, assignee_id=self._http.get(self._project).raise_for_status().json()["owner_id"])

    def task(self, title: str) -> dict[str, Any]:
        """Give a task as the backend has it."""
        tasks = self._http.get(f"{self._project}/tasks").raise_for_status().json()["items"]
        (found,) = (task for task in tasks if task["title"] == title)
        return dict(found)

    def move_task(self, title: str, status: str) -> None:
        """Give a task another status."""
        self._send("PATCH", f"tasks/{self.task(title)['id']}", {"status": status})

    def comment(self, path: str, line: int, body: str) -> None:
        """Comment on a line of a file."""
        self._send("POST", "comments", {"target": {"kind": "file", "path": path, "line": line}, "body": body})

    def _send(self, method: str, path: str, body: dict[str, Any]) -> None:
        self._http.request(method, f"{self._project}/{path}", json=body).raise_for_status()


@contextmanager
def colleague(stack: Stack, folder: Path) -> Iterator[Colleague]:
    """Link the folder to a project, and have Mia join it."""
    url, password = stack.server.settings.url, secrets.token_urlsafe(18)
    register(url, f"{NAME}@hivesync.localhost", NAME, password)
    with stack.api() as api, httpx.Client(base_url=url, trust_env=False, timeout=30) as http:
        project = api.http.post("/v1/projects", json={"path": str(folder)}).raise_for_status().json()["id"]
        invite = api.http.post(f"/api/v1/projects/{project}/team/invites", json={"username": NAME})
        invite.raise_for_status()
        signed_in = http.post("/api/v1/auth/login", json={"login": NAME, "password": password})
        http.headers["Authorization"] = f"Bearer {signed_in.raise_for_status().json()['access_token']}"
        (waiting,) = http.get("/api/v1/invites").raise_for_status().json()["items"]
        http.post(f"/api/v1/invites/{waiting['id']}/accept").raise_for_status()
        yield Colleague(http, project)
