"""Open Tasks: the project's tasks in a list; each can be read, commented on, and given another status."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import sublime
import sublime_plugin

from ..client.plain import day, one_line
from ..client.session import Session
from ..surface import comments
from ..surface.background import Job
from ..surface.pages import every
from ..surface.plugin import plugin
from ..surface.projects import Located, forget_choice, with_project
from ..surface.queued import tell_done
from ..surface.sheets import heading, open_page, page, section, soft

STATUSES = ("open", "in_progress", "blocked", "done")
_KINDS = {
    "open": (sublime.KIND_AMBIGUOUS[0], "○", "Open"),
    "in_progress": (sublime.KIND_AMBIGUOUS[0], "◐", "In progress"),
    "blocked": (sublime.KIND_AMBIGUOUS[0], "!", "Blocked"),
    "done": (sublime.KIND_AMBIGUOUS[0], "✓", "Done"),
}


class HivesyncOpenTasksCommand(sublime_plugin.WindowCommand):
    """Lists the tasks of the project in front."""

    def run(self, choose_project: bool = False) -> None:
        """Find the project, fetch its tasks and show them."""
        if choose_project:
            forget_choice(self.window)
        with_project(self.window, lambda project: _fetch(self.window, project))


def _fetch(window: sublime.Window, project: Located) -> None:
    ours = f"/api/v1/projects/{project.id}"

    def fetch(session: Session, job: Job) -> Any:
        names = {each["user_id"]: each["username"] for each in every(session, f"{ours}/team")}
        return every(session, f"{ours}/tasks"), names

    def show(found: Any) -> None:
        tasks, names = found
        # What is done is at the end; else the project's own order stays.
        tasks.sort(key=lambda task: task["status"] == "done")
        _show_list(window, project, tasks, names)

    plugin().ask(window, "fetching tasks", fetch, show)


def _show_list(
    window: sublime.Window, project: Located, tasks: list[dict[str, Any]], names: dict[str, str]
) -> None:
    if not tasks:
        sublime.status_message(f"HiveSync: {project.name} has no tasks.")
        return
    items = [_item(task, names) for task in tasks]

    def choose(index: int) -> None:
        if index >= 0:
            _show_actions(window, project, tasks[index])

    window.show_quick_panel(items, choose, placeholder=f"Tasks of {project.name}")


def _item(task: dict[str, Any], names: dict[str, str]) -> sublime.QuickPanelItem:
    kind = _KINDS.get(task["status"], sublime.KIND_AMBIGUOUS)
    assignee = one_line(names.get(task["assignee_id"] or "", ""), 40)
    due = f"due {day(task['due_at'])}" if task.get("due_at") else ""
    annotation = " · ".join(part for part in (assignee, due) if part)
    # `details` is minihtml, and so shows nothing that others typed.
    return sublime.QuickPanelItem(one_line(task["title"]), kind[2], annotation, kind)


def _show_actions(window: sublime.Window, project: Located, task: dict[str, Any]) -> None:
    others = [status for status in STATUSES if status != task["status"]]
    words = [f"Mark as {_KINDS[status][2].lower()}" for status in others]
    items = [sublime.QuickPanelItem(word) for word in [*words, "Comments…", "Write a comment…", "Read it"]]

    def choose(index: int) -> None:
        if 0 <= index < len(others):
            _change(window, project, task, others[index])
        elif index == len(others):
            comments.show_list(window, project, comments.on_task(task["id"]), one_line(task["title"], 60))
        elif index == len(others) + 1:
            comments.write(window, project, comments.on_task(task["id"]))
        elif index >= 0:
            _read(window, task)

    window.show_quick_panel(items, choose, placeholder=one_line(task["title"], 80))


def _change(window: sublime.Window, project: Located, task: dict[str, Any], status: str) -> None:
    path = f"/api/v1/projects/{project.id}/tasks/{quote(task['id'], safe='')}"

    def change(session: Session, job: Job) -> Any:
        return session.change("PATCH", path, {"status": status})

    words = f"“{one_line(task['title'], 60)}” is {_KINDS[status][2].lower()} now."
    plugin().ask(window, "changing the task", change, lambda told: tell_done(told, words))


def _read(window: sublime.Window, task: dict[str, Any]) -> None:
    kind = _KINDS.get(task["status"], sublime.KIND_AMBIGUOUS)
    text = str(task["description"]) or "It has no description."
    open_page(window, "Task", page(heading(task["title"]), soft(kind[2]), section("Description", text)))
