"""Previews and AI documentation as the backend keeps them, for whoever has no folder on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

from hivesync_contract.ai_docs import AiDocs, AiDocsCreate
from hivesync_contract.previews import Preview, PreviewCreate, PreviewCreated
from hivesync_contract.rooms import RoomAccess

from hivesync._async._resource import Resource
from hivesync._paths import segment


class AsyncProjectPreviews(Resource):
    """`client.projects.previews(project_id)`. For a folder of this machine use `client.previews`."""

    def list(self) -> AsyncIterator[Preview]:
        """Give the previews, as many as the tier shows."""
        return self._items("", Preview)

    async def get(self, preview_id: str) -> Preview:
        """Give a preview as it now is."""
        return await self._decoded("GET", f"/{segment(preview_id)}", Preview)

    async def create(self, manifest: PreviewCreate) -> PreviewCreated:
        """Begin a preview; the answer says which files the backend misses. Then `complete`."""
        return await self._decoded("POST", "", PreviewCreated, manifest)

    async def create_version(self, preview_id: str, manifest: PreviewCreate) -> PreviewCreated:
        """Begin the next version under the same link."""
        return await self._decoded("POST", f"/{segment(preview_id)}/versions", PreviewCreated, manifest)

    async def complete(self, preview_id: str) -> Preview:
        """Say that all is uploaded: the build begins."""
        return await self._decoded("POST", f"/{segment(preview_id)}/complete", Preview)

    async def retry(self, preview_id: str) -> Preview:
        """Build a failed one again from the same files."""
        return await self._decoded("POST", f"/{segment(preview_id)}/retry", Preview)

    async def room(self, preview_id: str) -> RoomAccess:
        """Give where a live preview's room is, with a token that opens it."""
        return await self._decoded("POST", f"/{segment(preview_id)}/room", RoomAccess)

    async def delete(self, preview_id: str) -> None:
        """Delete a preview; its link opens nothing any more."""
        await self._sent("DELETE", f"/{segment(preview_id)}")


class AsyncProjectAiDocs(Resource):
    """`client.projects.ai_docs(project_id)`. For a file of this machine use `client.ai_docs`."""

    def list(self) -> AsyncIterator[AiDocs]:
        """Give what was made, as much as the tier shows."""
        return self._items("", AiDocs)

    async def get(self, ai_docs_id: str) -> AiDocs:
        """Give one as it now is."""
        return await self._decoded("GET", f"/{segment(ai_docs_id)}", AiDocs)

    async def create(self, request: AiDocsCreate) -> AiDocs:
        """Ask for a file's documentation; for the same content the answer is there at once."""
        return await self._decoded("POST", "", AiDocs, request)

    async def retry(self, ai_docs_id: str) -> AiDocs:
        """Try a failed one again."""
        return await self._decoded("POST", f"/{segment(ai_docs_id)}/retry", AiDocs)

    async def delete(self, ai_docs_id: str) -> None:
        """Delete one."""
        await self._sent("DELETE", f"/{segment(ai_docs_id)}")
