"""The attachments of a task, and what is told and kept of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from hivesync_contract.limits import ATTACHMENT_PART_BYTES, ATTACHMENT_SINGLE_BYTES
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.s3 import ARTIFACTS_BUCKET, S3Server
from hivesync_server.events.tables import EventRow
from hivesync_server.object_deletions.tables import ObjectDeletionRow
from hivesync_server.tasks.attachments.tables import AttachmentRow
from sqlalchemy import func, select

if TYPE_CHECKING:
    from .conftest import Board

SVG = b"<svg onload='alert(1)'/>"
LARGE = b"a" * ATTACHMENT_SINGLE_BYTES + b"end"


@dataclass(slots=True)
class Shelf:
    """The attachments of one task, as one user sees them, and a browser that knows no account."""

    board: Board
    task_id: str
    browser: httpx.AsyncClient

    def as_seen_by(self, user: BackendUser) -> Shelf:
        return Shelf(self.board.as_seen_by(user), self.task_id, self.browser)

    async def ask(self, method: str, below: str = "", body: object = None, **options: Any) -> httpx.Response:
        return await self.board.ask(method, f"/{self.task_id}/attachments{below}", body, **options)

    async def begin(self, name: str = "drawing.svg", data: bytes = SVG, **changed: Any) -> dict[str, Any]:
        answer = await self.ask("POST", "", announced(name, data) | changed)
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        return created

    async def send(self, created: dict[str, Any], data: bytes = SVG) -> list[dict[str, Any]]:
        """Upload what was announced, and name its parts as the store does."""
        plan, parts = created["upload"], []
        if put := plan["put"]:
            answer = await self.browser.put(put["url"], content=data, headers=put["headers"])
            assert answer.status_code == 200, answer.text
        for number, part in enumerate(plan["parts"], 1):
            begin = (number - 1) * ATTACHMENT_PART_BYTES
            chunk = data[begin : begin + part["size"]]
            answer = await self.browser.put(part["url"], content=chunk, headers=part["headers"])
            assert answer.status_code == 200, answer.text
            parts.append({"number": number, "etag": answer.headers["etag"]})
        return parts

    async def complete(self, created: dict[str, Any], parts: object = None) -> httpx.Response:
        body = {"parts": parts} if parts else None
        return await self.ask("POST", f"/{created['attachment']['id']}/complete", body)

    async def attach(self, name: str = "drawing.svg", data: bytes = SVG) -> dict[str, Any]:
        """Do all of it."""
        created = await self.begin(name, data)
        answer = await self.complete(created, await self.send(created, data))
        assert answer.status_code == 200, answer.text
        attachment: dict[str, Any] = answer.json()
        return attachment

    async def names(self) -> list[str]:
        return [item["name"] for item in (await self.ask("GET")).json()["items"]]


def announced(name: str, data: bytes) -> dict[str, Any]:
    parts = range(0, len(data), ATTACHMENT_PART_BYTES) if len(data) > ATTACHMENT_SINGLE_BYTES else ()
    md5s = [hashlib.md5(data[at : at + ATTACHMENT_PART_BYTES], usedforsecurity=False) for at in parts]
    return {
        "name": name,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "content_type": "image/svg+xml",
        "part_md5s": [md5.hexdigest() for md5 in md5s],
    }


def key(attachment: dict[str, Any]) -> str:
    return f"tasks/attachments/{attachment['id']}"


async def deletions(backend: RunningBackend) -> int:
    async with backend.resources.database.transaction(writes=False) as transaction:
        waiting = select(func.count()).select_from(ObjectDeletionRow)
        left = select(func.count()).select_from(AttachmentRow).where(AttachmentRow.task_id.is_(None))
        return (await transaction.session.scalar(waiting) or 0) + (
            await transaction.session.scalar(left) or 0
        )


async def told(backend: RunningBackend, user: BackendUser) -> int:
    query = select(func.count()).select_from(EventRow).where(EventRow.user_id == user.profile["id"])
    async with backend.resources.database.transaction(writes=False) as transaction:
        return await transaction.session.scalar(query.where(EventRow.type == "attachments.changed")) or 0


async def log(board: Board, task_id: str) -> list[tuple[str, str | None]]:
    path = f"/api/v1/projects/{board.project_id}/activity?subject_id={task_id}"
    items = (await board.user.client.get(path)).json()["items"]
    return [(item["verb"], item["data"].get("name")) for item in reversed(items)]


async def is_gone(s3: S3Server, attachment: dict[str, Any]) -> bool:
    return not s3.has(key(attachment), ARTIFACTS_BUCKET)


async def is_aborted(s3: S3Server, created: dict[str, Any]) -> bool:
    return key(created["attachment"]) not in s3.open_uploads(ARTIFACTS_BUCKET)
