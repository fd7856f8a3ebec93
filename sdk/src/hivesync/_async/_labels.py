"""Labels of a project, which sort its tasks."""

from __future__ import annotations

from collections.abc import AsyncIterator

from hivesync_contract.tasks import Label, LabelCreate

from hivesync._async._resource import Resource
from hivesync._options import UNSET, Unset, given
from hivesync._paths import segment


class AsyncLabels(Resource):
    """`client.projects.labels(project_id)`."""

    def list(self) -> AsyncIterator[Label]:
        """Give every label."""
        return self._items("", Label)

    async def get(self, label_id: str) -> Label:
        """Give one label."""
        return await self._decoded("GET", f"/{segment(label_id)}", Label)

    async def create(self, name: str, color: str = "#808080") -> Label:
        """Create a label; raise `Conflicting` if there is one of that name."""
        return await self._decoded("POST", "", Label, LabelCreate(name, color))

    async def update(
        self,
        label_id: str,
        *,
        name: str | Unset = UNSET,
        color: str | Unset = UNSET,
        if_match: str | None = None,
    ) -> Label:
        """Change what is given."""
        body = given(name=name, color=color)
        return await self._decoded("PATCH", f"/{segment(label_id)}", Label, body, if_match=if_match)

    async def delete(self, label_id: str) -> None:
        """Delete a label; it is gone from all tasks."""
        await self._sent("DELETE", f"/{segment(label_id)}")
