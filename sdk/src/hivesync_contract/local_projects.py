"""Folders of this machine that are linked to projects, as the agent's own routes tell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hivesync_contract.previews import FileEntry


class WatchMode(StrEnum):
    """How the agent notices that files change: told by the system, or by looking now and then."""

    OFF = "off"
    STARTING = "starting"
    EVENTS = "events"
    POLLING = "polling"


@dataclass(frozen=True, slots=True)
class WatchState:
    """`reason` says why a project is only looked at now and then, and what to do about it."""

    mode: WatchMode
    reason: str = ""
    folders: int = 0


@dataclass(frozen=True, slots=True)
class PolledProject:
    """A linked folder that is only looked at now and then, why, and what to do about it."""

    root: str
    reason: str


@dataclass(frozen=True, slots=True)
class LocalProjectLink:
    """`POST /v1/projects`: link a folder, by its absolute path, and watch it.

    `project_id` names a project of the backend; without it one is made. `workspace_roots` are absolute
    folders outside of it that its links and imports may lead to. The packages of a workspace (pnpm, npm,
    yarn, bun, Lerna, Nx) that counts the folder among them need not be named.
    """

    path: str
    project_id: str | None = None
    workspace_roots: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LocalProject:
    """A folder of this machine that is linked to a project of the backend. `id` is the project's."""

    id: str
    root: str
    name: str
    workspace_roots: list[str] = field(default_factory=list)
    watch: WatchState = WatchState(WatchMode.OFF)


@dataclass(frozen=True, slots=True)
class LocalProjectFiles:
    """`GET /v1/projects/{id}/files`: the index of a project, a page of it, and what it leaves out.

    The files of the workspace roots come after the project's own; each page has those of one `root`, named
    from there. `next_cursor` is null on the last page. `skipped` holds what may be a secret, can't be read
    or is huge.
    """

    id: str
    root: str
    files: list[FileEntry]
    skipped: list[str] = field(default_factory=list)
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectChangedEvent:
    """`project.changed`, from the agent only: files changed in a watched project, or in one of its
    workspace roots. `files` names the first, from `root`."""

    project_id: str
    root: str
    changed: int
    files: list[str]
