"""Every kind of change that programs ask for, each with a name that tells it from all others."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import manifest

from bench.soak.server.accounts import Lives, Step
from bench.soak.server.asking import Asking, Client

SHARED_TASKS = 6
INVITES_MAX = 8
"""Mailed invites are few by day, so that nobody's mailbox is filled by them."""

_OPEN_JOBS = 4
_UPLOAD_TRIES = 200


@dataclass(slots=True)
class Changes:
    """What one user changes in a project that several share. `first`: the server that is asked first."""

    client: Client
    project_id: str
    shared: list[str]
    lives: Lives
    places: asyncio.Semaphore
    first: BackendProcess | None = None

    @property
    def kinds(self) -> list[Callable[[str], Awaitable[None]]]:
        """Give one of each."""
        return [
            self.task,
            self.patch,
            self.batch,
            self.comment,
            self.label,
            self.attachment,
            self.preview,
            self.docs,
            self.invite,
            self.account,
            self.chore,
            *(partial(self.of_account, step) for step in self.lives.steps),
        ]

    async def task(self, name: str) -> None:
        await self._make("task", "/tasks", {"title": name}, name)

    async def patch(self, name: str) -> None:
        task_id = self.client.chance.choice(self.shared)
        await self._ask("PATCH", f"/tasks/{task_id}", {"title": name})
        self.client.ledger.task_changes[task_id] += 1

    async def batch(self, name: str) -> None:
        """In any order: others change the same tasks in theirs."""
        chosen = self.client.chance.sample(self.shared, 3)
        changes = [{"id": task_id, "patch": {"title": f"{name}-{task_id[-4:]}"}} for task_id in chosen]
        await self._ask("POST", "/tasks/batch", {"changes": changes})
        self.client.ledger.task_changes.update(chosen)

    async def comment(self, name: str) -> None:
        task_id = self.client.chance.choice(self.shared)
        target = {"kind": "task", "task_id": task_id}
        await self._make("comment", "/comments", {"target": target, "body": name}, name)

    async def label(self, name: str) -> None:
        """Made and deleted: a project has no room for so many."""
        label = await self._ask("POST", "/labels", {"name": name, "color": "#336699"})
        await self._ask("DELETE", f"/labels/{label['id']}")

    async def attachment(self, name: str) -> None:
        data, below = name.encode(), f"/tasks/{self.client.chance.choice(self.shared)}/attachments"
        wanted = {
            "name": f"{name}.txt",
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "content_type": "text/plain",
        }
        created = await self._ask("POST", below, wanted)
        while not await _upload(created["upload"]["put"], data):
            await self._ask("DELETE", f"{below}/{created['attachment']['id']}")
            created = await self._ask("POST", below, wanted)
        identifier = created["attachment"]["id"]
        await self._ask("POST", f"{below}/{identifier}/complete", {"parts": []})
        self.client.ledger.names["attachment"][identifier] = name
        if self.client.chance.random() < 0.3:
            await self._ask("DELETE", f"{below}/{identifier}")
            del self.client.ledger.names["attachment"][identifier]

    async def preview(self, name: str) -> None:
        if self.places.locked():
            return
        async with self.places:
            created = await self._ask("POST", "/previews", manifest({"index.html": name.encode()}))
            identifier = created["preview"]["id"]
            await self._ask("POST", f"/previews/{identifier}/complete")
            self.client.ledger.names["preview"][identifier] = name
            await self._until_ended(f"/previews/{identifier}")

    async def docs(self, name: str) -> None:
        if self.places.locked():
            return
        async with self.places:
            content = f"let a = '{name}'"
            sha256 = hashlib.sha256(content.encode()).hexdigest()
            asked = {"path": "a.js", "sha256": sha256, "content": content}
            docs = await self._make("docs", "/ai-docs", asked, name)
            await self._until_ended(f"/ai-docs/{docs['id']}")

    async def invite(self, name: str) -> None:
        invites = self.client.ledger.names["invite"]
        if self.client.user != "ann" or len(invites) >= INVITES_MAX:
            return
        invites[name] = ""  # takes the place while it is under way
        address = f"friend-{name}@example.com"
        made = await self._ask("POST", "/team/invites", {"email": address})
        del invites[name]
        invites[made["id"]] = address

    async def account(self, name: str) -> None:
        await self.lives.register(name, self.first)

    async def of_account(self, step: Step, name: str) -> None:
        await self.lives.change(step, name, self.first)

    async def chore(self, _: str) -> None:
        await self.lives.sweep(self.first)

    async def _make(self, kind: str, below: str, body: Any, name: str) -> dict[str, Any]:
        made = await self._ask("POST", below, body)
        self.client.ledger.names[kind][made["id"]] = name
        return made

    async def _ask(self, method: str, below: str, body: Any = None) -> dict[str, Any]:
        path = f"/api/v1/projects/{self.project_id}{below}"
        return await self.client.ask(Asking(method, path, body, self.first))

    async def _until_ended(self, below: str) -> None:
        """Wait for the Worker: only so many may be under way."""
        path = f"/api/v1/projects/{self.project_id}{below}"
        while (await self.client.look(path))["state"] not in ("ready", "failed"):  # noqa: ASYNC110 - remote
            await asyncio.sleep(0.3)


def places() -> asyncio.Semaphore:
    """Give what holds the number of a user's open jobs below the tier's limit."""
    return asyncio.Semaphore(_OPEN_JOBS)


async def _upload(put: dict[str, Any], data: bytes) -> bool:
    """Tell whether the store took it: not if the address was signed while its server's clock was wrong."""
    said = "nothing"
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        for _ in range(_UPLOAD_TRIES):
            try:
                answer = await client.put(put["url"], content=data, headers=put["headers"])
            except httpx.HTTPError:
                pass  # the store is away
            else:
                if answer.is_success or answer.status_code == 403:
                    return answer.is_success
                said = answer.text
            await asyncio.sleep(0.3)
    raise TimeoutError(f"the object store took no upload; it said {said}")
