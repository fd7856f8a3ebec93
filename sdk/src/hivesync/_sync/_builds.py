# Generated from hivesync/_async by `make generate`; do not edit.
"""Previews and AI documentation as the backend keeps them, for whoever has no folder on this machine."""

from __future__ import annotations

from collections.abc import Iterator

from hivesync_contract.ai_docs import AiDocs, AiDocsCreate
from hivesync_contract.previews import Preview, PreviewCreate, PreviewCreated
from hivesync_contract.rooms import RoomAccess

from hivesync._paths import segment
from hivesync._sync._resource import Resource


class ProjectPreviews(Resource):
    """`client.projects.previews(project_id)`. For a folder of this machine use `client.previews`."""

    def list(self) -> Iterator[Preview]:
        """Give the previews, as many as the tier shows."""
        return self._items("", Preview)

    def get(self, preview_id: str) -> Preview:
        """Give a preview as it now is."""
        return self._decoded("GET", f"/{segment(preview_id)}", Preview)

    def create(self, manifest: PreviewCreate) -> PreviewCreated:
        """Begin a preview; the answer says which files the backend misses. Then `complete`."""
        return self._decoded("POST", "", PreviewCreated, manifest)

    def create_version(self, preview_id: str, manifest: PreviewCreate) -> PreviewCreated:
        """Begin the next version under the same link."""
        return self._decoded("POST", f"/{segment(preview_id)}/versions", PreviewCreated, manifest)

    def complete(self, preview_id: str) -> Preview:
        """Say that all is uploaded: the build begins."""
        return self._decoded("POST", f"/{segment(preview_id)}/complete", Preview)

    def retry(self, preview_id: str) -> Preview:
        """Build a failed one again from the same files."""
        return self._decoded("POST", f"/{segment(preview_id)}/retry", Preview)

    def room(self, preview_id: str) -> RoomAccess:
        """Give where a live preview's room is, with a token that opens it."""
        return self._decoded("POST", f"/{segment(preview_id)}/room", RoomAccess)

    def delete(self, preview_id: str) -> None:
        """Delete a preview; its link opens nothing any more."""
        self._sent("DELETE", f"/{segment(preview_id)}")


class ProjectAiDocs(Resource):
    """`client.projects.ai_docs(project_id)`. For a file of this machine use `client.ai_docs`."""

    def list(self) -> Iterator[AiDocs]:
        """Give what was made, as much as the tier shows."""
        return self._items("", AiDocs)

    def get(self, ai_docs_id: str) -> AiDocs:
        """Give one as it now is."""
        return self._decoded("GET", f"/{segment(ai_docs_id)}", AiDocs)

    def create(self, request: AiDocsCreate) -> AiDocs:
        """Ask for a file's documentation; for the same content the answer is there at once."""
        return self._decoded("POST", "", AiDocs, request)

    def retry(self, ai_docs_id: str) -> AiDocs:
        """Try a failed one again."""
        return self._decoded("POST", f"/{segment(ai_docs_id)}/retry", AiDocs)

    def delete(self, ai_docs_id: str) -> None:
        """Delete one."""
        self._sent("DELETE", f"/{segment(ai_docs_id)}")
