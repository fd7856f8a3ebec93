"""The uploader, from the first upload on. An agent that uploads nothing never loads it.

Its HTTP client, aiohttp, weighs a third of an idle agent and takes a third of its start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from hivesync_contract.previews import UploadPlan

from hivesync_agent.projects.confined import Within
from hivesync_agent.projects.snapshot import SourceFile

if TYPE_CHECKING:
    from hivesync_agent.previews.uploads import Uploader


class PlanExpired(Exception):
    """The presigned address is no longer valid; ask for a new plan."""


class LazyUploader:
    """Makes the uploader when it is first needed."""

    def __init__(self) -> None:
        self._uploader: Uploader | None = None

    async def upload(
        self,
        plan: UploadPlan,
        within: Within,
        files: Sequence[SourceFile],
        origins: Collection[str],
        sent: Callable[[int], None],
    ) -> None:
        """See `Uploader.upload`."""
        uploader = await self.load()
        await uploader.upload(plan, within, files, origins, sent)

    async def load(self) -> Uploader:
        """Give the uploader; for who will need it soon."""
        if self._uploader is None:
            # In a thread: the loop must not stand still for a tenth of a second.
            uploads = await asyncio.to_thread(import_module, "hivesync_agent.previews.uploads")
            self._uploader = self._uploader or uploads.Uploader()
        return self._uploader

    async def close(self) -> None:
        """Close the connections."""
        if self._uploader is not None:
            await self._uploader.close()
