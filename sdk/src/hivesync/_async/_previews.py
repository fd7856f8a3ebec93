"""Previews that the agent makes of folders on this machine."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from typing import Any

from hivesync_contract.local_api import LocalPreview, LocalPreviewCreate
from hivesync_contract.pages import Page
from hivesync_contract.previews import FINAL_STATES, Platform, PreviewState

from hivesync._async._concurrency import sleep
from hivesync._async._router import Router
from hivesync._call import new_call
from hivesync._errors import Offline, PreviewFailed
from hivesync._paths import absolute, segment

_PATH = "/v1/previews"
_POLL_SECONDS = 0.2


class AsyncPreviews:
    """`client.previews`. Needs the agent: without it every call raises `AgentAbsent`."""

    def __init__(self, router: Router) -> None:
        self._router = router

    async def create(
        self,
        path: str | os.PathLike[str],
        *,
        entry: str | None = None,
        platform: Platform = Platform.IOS,
        live: bool = False,
    ) -> LocalPreview:
        """Start a preview of a project's folder or of a file in it; `wait` or `watch` follows it."""
        body = LocalPreviewCreate(absolute(path), entry, platform, live)
        return await self._preview("POST", _PATH, body)

    async def get(self, preview_id: str) -> LocalPreview:
        """Give a preview as it now is."""
        return await self._preview("GET", f"{_PATH}/{segment(preview_id)}")

    async def list(self) -> list[LocalPreview]:
        """Give the previews that this agent knows."""
        return (
            (await self._router.send(new_call("GET", _PATH)))
            .raise_for_status()
            .decode(Page[LocalPreview])
            .items
        )

    async def stop(self, preview_id: str) -> LocalPreview:
        """End a live preview; what the phone shows stays."""
        return await self._preview("POST", f"{_PATH}/{segment(preview_id)}/stop")

    async def cancel(self, preview_id: str) -> None:
        """Stop a preview, or remove a finished one."""
        (await self._router.send(new_call("DELETE", f"{_PATH}/{segment(preview_id)}"))).raise_for_status()

    async def watch(self, preview_id: str) -> AsyncIterator[LocalPreview]:
        """Give the preview now and after every change, until it is ready or failed."""
        last: LocalPreview | None = None
        while last is None or last.state not in FINAL_STATES:
            current = await self.get(preview_id)
            if current != last:
                yield current
            else:
                await sleep(_POLL_SECONDS)
            last = current

    async def wait(self, preview_id: str, *, deadline_seconds: float = 120.0) -> LocalPreview:
        """Give the ready preview; raise `PreviewFailed`, or `Offline` when it takes too long."""
        end = time.monotonic() + deadline_seconds
        current = await self.get(preview_id)
        while current.state not in FINAL_STATES:
            if time.monotonic() >= end:
                raise Offline(f"The preview is still {current.state} after {deadline_seconds:g} s.")
            await sleep(_POLL_SECONDS)
            current = await self.get(preview_id)
        if current.state is PreviewState.FAILED and current.error is not None:
            raise PreviewFailed(current.error)
        return current

    async def _preview(self, method: str, path: str, body: Any = None) -> LocalPreview:
        return (
            (await self._router.send(new_call(method, path, body=body)))
            .raise_for_status()
            .decode(LocalPreview)
        )
