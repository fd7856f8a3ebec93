"""An editor's view of previews, for tests: asks by the local API, and hears progress as events do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from hivesync_agent.events.bus import Subscription
from hivesync_contract.events import EventType, PreviewProgressEvent
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import FINAL_STATES

from hivesync_dev.servers.agents import RunningAgent

DEADLINE_SECONDS = 20.0


@dataclass(slots=True)
class PreviewClient:
    """One client; `heard` holds every progress event in order."""

    running: RunningAgent
    subscription: Subscription
    heard: list[LocalPreview] = field(default_factory=list)

    async def post(self, path: Path | str, *, key: str = "", **extra: Any) -> tuple[int, dict[str, Any]]:
        """Ask for a preview; give status and body."""
        headers = {"Idempotency-Key": key} if key else {}
        url = f"{self.running.url}/v1/previews"
        async with self.running.http.post(url, json={"path": str(path), **extra}, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def get(self, preview_id: str = "") -> tuple[int, dict[str, Any]]:
        """Give one preview, or the list."""
        url = f"{self.running.url}/v1/previews" + (f"/{preview_id}" if preview_id else "")
        async with self.running.http.get(url) as answer:
            return answer.status, await answer.json(content_type=None)

    async def delete(self, preview_id: str) -> int:
        """Cancel a preview; give the status."""
        async with self.running.http.delete(f"{self.running.url}/v1/previews/{preview_id}") as answer:
            return answer.status

    async def run(self, path: Path | str, **extra: Any) -> LocalPreview:
        """Ask for a preview that is accepted, and give how it ends."""
        status, body = await self.post(path, **extra)
        if status != 202:
            raise AssertionError(f"the preview was refused with {status}: {body}")
        return await self.ended(body["id"])

    async def ended(self, preview_id: str) -> LocalPreview:
        """Wait for a preview's end."""
        return await self.until(preview_id, *(state.value for state in FINAL_STATES))

    async def until(self, preview_id: str, *states: str) -> LocalPreview:
        """Wait until a preview was in one of these states."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                for preview in self.heard:
                    if preview.id == preview_id and preview.state in states:
                        return preview
                await self._hear()

    async def _hear(self) -> None:
        for event in await self.subscription.next():
            if event.type == EventType.PREVIEW_PROGRESS:
                self.heard.append(msgspec.json.decode(event.data, type=PreviewProgressEvent).preview)


@contextlib.asynccontextmanager
async def preview_client(running: RunningAgent) -> AsyncIterator[PreviewClient]:
    """Give a client that hears everything from now on."""
    subscription = running.agent.bus.subscribe(None)
    try:
        yield PreviewClient(running, subscription)
    finally:
        running.agent.bus.unsubscribe(subscription)
