"""What a pass over a project found: the rows to write, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from hivesync_agent.projects.index.rows import STAMP_NUMBERS, FolderRow

TOLD_FILES = 1_000
"""Most changed files that are named; whoever asked then looks for itself."""


@dataclass(slots=True)
class Outcome:
    """`changed_files` are the paths of the first `changed_count` that changed, relative to the root; those
    that are gone are among them. `read` counts those that may have changed, and changed back."""

    changed: dict[str, FolderRow] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    changed_files: list[str] = field(default_factory=list)
    changed_count: int = 0
    read: int = 0
    files: int = 0
    size_bytes: int = 0

    def keep(self, folder: str, row: FolderRow | None, fresh: FolderRow) -> None:
        """Count a folder as it is now, and note how it differs from what was known."""
        self.count(fresh)
        if fresh == row:
            return
        self.changed[folder] = fresh
        if row is None:
            self._tell(folder, fresh.names)
        elif fresh.names != row.names or fresh.digests != row.digests:
            self._tell(folder, _different(row, fresh))

    def count(self, row: FolderRow) -> None:
        """Count the files of a folder."""
        self.files += len(row.names)
        self.size_bytes += sum(row.stamps[::STAMP_NUMBERS])

    def forget(self, folder: str, row: FolderRow) -> None:
        """Note that a folder is not there any more."""
        self.gone.append(folder)
        self._tell(folder, row.names)

    def _tell(self, folder: str, names: list[str]) -> None:
        self.changed_count += len(names)
        told = names[: TOLD_FILES - len(self.changed_files)]
        self.changed_files += (f"{folder}/{name}" if folder else name for name in told)


def _different(row: FolderRow, fresh: FolderRow) -> list[str]:
    """Give the names of the files that came, went, or have another hash now."""
    before, now = _digests(row), _digests(fresh)
    changed = [name for name, digest in now.items() if before.get(name) != digest]
    return changed + [name for name in before if name not in now]


def _digests(row: FolderRow) -> dict[str, bytes]:
    return {name: row.digest(position) for position, name in enumerate(row.names)}
