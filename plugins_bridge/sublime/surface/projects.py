"""Which project is meant: that of the file in front, as the agent has it linked, else the chosen one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Callable

import sublime

from ..client.errors import AgentUnusable, HiveSyncError
from ..client.plain import one_line
from ..client.session import Session
from .background import Job
from .pages import every
from .plugin import plugin


@dataclass(frozen=True)
class Located:
    """A project, and its folder on this machine (empty: not known)."""

    id: str
    name: str
    root: str

    def relative(self, path: str) -> str:
        """Give a file's path as manifests have it; empty outside of the folder."""
        if not self.root or not is_inside(path, self.root):
            return ""
        return os.path.relpath(os.path.realpath(path), os.path.realpath(self.root)).replace(os.sep, "/")


_chosen: dict[int, Located] = {}


def with_project(window: sublime.Window, then: Callable[[Located], None]) -> None:
    """Find the window's project and go on with it; ask only if nothing tells which it is."""
    view = window.active_view()
    path = (view.file_name() if view is not None else None) or next(iter(window.folders()), "")
    folders = window.folders()
    before = _chosen.get(window.id())

    def find(session: Session, job: Job) -> Any:
        local = _linked(session)
        roots = [each for each in local if path and is_inside(path, each.root)]
        if roots:
            return max(roots, key=lambda each: len(each.root))
        if before is not None:
            return before
        root = next((folder for folder in folders if path and is_inside(path, folder)), "")
        found = every(session, "/api/v1/projects")
        return [Located(str(each["id"]), one_line(each["name"]), root) for each in found]

    plugin().ask(window, "looking for the project", find, lambda found: _go_on(window, found, then))


def _go_on(window: sublime.Window, found: Any, then: Callable[[Located], None]) -> None:
    if isinstance(found, Located):
        then(found)
        return
    if not found:
        sublime.error_message("HiveSync: you have no project yet. Request a preview first: that makes one.")
        return

    def choose(index: int) -> None:
        if index >= 0:
            _chosen[window.id()] = found[index]
            then(found[index])

    items = [sublime.QuickPanelItem(each.name) for each in found]
    window.show_quick_panel(items, choose, placeholder="Which project?")


def forget_choice(window: sublime.Window) -> None:
    """Have the window's project chosen anew."""
    _chosen.pop(window.id(), None)


def is_inside(path: str, folder: str) -> bool:
    """Tell whether the file or folder lies in the folder, links resolved."""
    whole, top = os.path.realpath(path), os.path.realpath(folder)
    try:
        return os.path.commonpath((os.path.normcase(whole), os.path.normcase(top))) == os.path.normcase(top)
    except ValueError:  # different drives
        return False


def _linked(session: Session) -> list[Located]:
    try:
        found = session.get("/v1/projects")["items"]
    except AgentUnusable:
        return []
    except HiveSyncError as error:
        if error.status in (401, 503):
            raise
        return []
    return [Located(str(each["id"]), one_line(each["name"]), str(each["root"])) for each in found]
