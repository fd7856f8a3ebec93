# Generated from hivesync/_async by `make generate`; do not edit.
"""Labels of a project, which sort its tasks."""

from __future__ import annotations

from collections.abc import Iterator

from hivesync_contract.tasks import Label, LabelCreate

from hivesync._options import UNSET, Unset, given
from hivesync._paths import segment
from hivesync._sync._resource import Resource


class Labels(Resource):
    """`client.projects.labels(project_id)`."""

    def list(self) -> Iterator[Label]:
        """Give every label."""
        return self._items("", Label)

    def get(self, label_id: str) -> Label:
        """Give one label."""
        return self._decoded("GET", f"/{segment(label_id)}", Label)

    def create(self, name: str, color: str = "#808080") -> Label:
        """Create a label; raise `Conflicting` if there is one of that name."""
        return self._decoded("POST", "", Label, LabelCreate(name, color))

    def update(
        self,
        label_id: str,
        *,
        name: str | Unset = UNSET,
        color: str | Unset = UNSET,
        if_match: str | None = None,
    ) -> Label:
        """Change what is given."""
        body = given(name=name, color=color)
        return self._decoded("PATCH", f"/{segment(label_id)}", Label, body, if_match=if_match)

    def delete(self, label_id: str) -> None:
        """Delete a label; it is gone from all tasks."""
        self._sent("DELETE", f"/{segment(label_id)}")
