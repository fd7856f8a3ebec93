"""A signed-in user of the backend, for tests: what an agent would do, in short calls."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import httpx

from hivesync_dev.servers.fake_worker import Delivered, FakeWorker

PASSWORD = "correct horse battery"
GREETING = "export const greet = () => 'hello'"


@dataclass(slots=True)
class BackendUser:
    """One account, one session. `client` sends its access token with every request."""

    client: httpx.AsyncClient
    username: str
    tokens: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)

    async def sign_up(self) -> BackendUser:
        """Register and sign in."""
        account = {"email": self.email, "username": self.username, "password": PASSWORD}
        answer = await self.client.post("/api/v1/auth/register", json=account)
        answer.raise_for_status()
        self.profile = answer.json()
        return await self.sign_in()

    async def sign_in(self) -> BackendUser:
        """Begin a session."""
        answer = await self.client.post(
            "/api/v1/auth/login", json={"login": self.username, "password": PASSWORD}
        )
        answer.raise_for_status()
        self.use(answer.json())
        return self

    def use(self, tokens: dict[str, Any]) -> None:
        """Go on with other tokens."""
        self.tokens = tokens
        self.client.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"

    async def project(self, name: str = "Shop") -> str:
        """Make a project and give its id."""
        answer = await self.client.post("/api/v1/projects", json={"name": name})
        answer.raise_for_status()
        return str(answer.json()["id"])

    async def api_key(self, **changed: Any) -> dict[str, Any]:
        """Make an API key and give the answer, which shows it."""
        answer = await self.client.post("/api/v1/api-keys", json={"name": "CI", **changed})
        answer.raise_for_status()
        created: dict[str, Any] = answer.json()
        return created

    async def preview(
        self, project_id: str, files: dict[str, bytes] | None = None, **changed: Any
    ) -> dict[str, Any]:
        """Begin a preview of `files` and give the answer; `changed` are other fields of its manifest."""
        answer = await self.client.post(
            f"/api/v1/projects/{project_id}/previews", json=manifest(files or SOURCE, **changed)
        )
        answer.raise_for_status()
        created: dict[str, Any] = answer.json()
        return created

    async def complete(self, preview: dict[str, Any]) -> dict[str, Any]:
        """Say that a preview's uploads are done."""
        answer = await self.client.post(f"{preview_path(preview)}/complete")
        answer.raise_for_status()
        completed: dict[str, Any] = answer.json()
        return completed

    async def queued(self, worker: FakeWorker) -> Delivered:
        """Bring a new preview as far as the Worker."""
        created = await self.preview(await self.project())
        await self.complete(created["preview"])
        return await worker.next_delivery()

    async def ask_docs(
        self, project_id: str, content: str = GREETING, path: str = "greet.js", **more: Any
    ) -> httpx.Response:
        """Ask for the documentation of a file."""
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        body = {"path": path, "sha256": sha256, "content": content, **more}
        return await self.client.post(f"/api/v1/projects/{project_id}/ai-docs", json=body)

    async def get(self, preview: dict[str, Any]) -> dict[str, Any]:
        """Give a preview as it now is."""
        answer = await self.client.get(preview_path(preview))
        answer.raise_for_status()
        shown: dict[str, Any] = answer.json()
        return shown


SOURCE = {"index.html": b"<!doctype html><script src=main.js></script>", "main.js": b"console.log(1)"}


def manifest(contents: dict[str, bytes], /, **changed: Any) -> dict[str, Any]:
    """Give the body that begins a preview of `contents`."""
    entries = [
        {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in contents.items()
    ]
    return {"kind": "web", "entry": next(iter(contents)), "platform": "web", "files": entries, **changed}


def preview_path(preview: dict[str, Any]) -> str:
    """Give the address of a preview."""
    return f"/api/v1/projects/{preview['project_id']}/previews/{preview['id']}"
