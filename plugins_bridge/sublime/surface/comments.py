"""Threads of comments: listed, drawn beside the lines they are about, and written."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlencode

import sublime

from ..client.plain import day, markup, one_line
from ..client.session import Session
from .background import Job
from .pages import every
from .plugin import plugin
from .projects import Located
from .queued import tell_done

_KEY = "hivesync.comments"
_CHARACTERS_MAX = 10_000


def on_task(task_id: str) -> dict[str, Any]:
    """Give the target of comments on a task."""
    return {"kind": "task", "task_id": task_id}


def on_line(path: str, line: int) -> dict[str, Any]:
    """Give the target of a comment on a line; 0 for all lines of the file."""
    return {"kind": "file", "path": path, **({"line": line} if line else {})}


def show_list(window: sublime.Window, project: Located, target: dict[str, Any], title: str) -> None:
    """Fetch the comments on the target and list them; the first entry writes a new one."""

    def fetch(session: Session, job: Job) -> Any:
        query = urlencode({name: value for name, value in target.items() if value is not None})
        found = every(session, f"/api/v1/projects/{project.id}/comments?{query}")
        return [each for each in found if not each.get("deleted_at")]

    def show(found: list[dict[str, Any]]) -> None:
        view = window.active_view()
        if target["kind"] == "file" and view is not None:
            draw(view, found)
        _show(window, project, target, found, title)

    plugin().ask(window, "fetching comments", fetch, show)


def write(window: sublime.Window, project: Located, target: dict[str, Any]) -> None:
    """Ask for the text of a comment and send it."""

    def send(body: str) -> None:
        if not body.strip():
            return
        if len(body) > _CHARACTERS_MAX:
            sublime.error_message("HiveSync: a comment has at most 10,000 characters.")
            return
        path = f"/api/v1/projects/{project.id}/comments"

        def post(session: Session, job: Job) -> Any:
            return session.change("POST", path, {"target": target, "body": body})

        plugin().ask(
            window, "sending the comment", post, lambda told: tell_done(told, "the comment is written.")
        )

    window.show_input_panel("Comment (Markdown):", "", send, None, None)


def draw(view: sublime.View, found: list[dict[str, Any]]) -> None:
    """Mark the lines that have comments."""
    lines = sorted({_line(each) for each in found if _line(each)})
    regions = [view.line(view.text_point(line - 1, 0)) for line in lines]
    view.add_regions(_KEY, regions, "region.bluish", "bookmark", sublime.HIDDEN)


def _show(
    window: sublime.Window, project: Located, target: dict[str, Any], found: list[dict[str, Any]], title: str
) -> None:
    view = window.active_view()
    here = target if target["kind"] != "file" else on_line(target["path"], _caret_line(view))
    words = f"Write a comment on line {here['line']}…" if "line" in here else "Write a comment…"
    items = [sublime.QuickPanelItem(words), *(_item(each) for each in found)]

    def choose(index: int) -> None:
        if index == 0:
            write(window, project, here)
        elif index > 0:
            _show_one(window, project, found[index - 1])

    window.show_quick_panel(items, choose, placeholder=f"Comments on {title}")


def _item(comment: dict[str, Any]) -> sublime.QuickPanelItem:
    line = f"line {_line(comment)} · " if _line(comment) else ""
    stars = f" · ★ {comment['stars']['count']}" if comment["stars"]["count"] else ""
    author = one_line(comment.get("author_username") or "someone", 40)
    return sublime.QuickPanelItem(one_line(comment["body"]), "", f"{line}{author}{stars}")


def _show_one(window: sublime.Window, project: Located, comment: dict[str, Any]) -> None:
    view = window.active_view()
    if view is None:
        return
    author = markup(one_line(comment.get("author_username") or "someone", 40))
    edited = ", edited" if comment.get("edited_at") else ""
    text = markup(comment["body"])
    written = markup(day(comment["created_at"]))
    html = f'<body id="hivesync-comment"><b>{author}</b> {written}{edited}<p>{text}</p>'
    if _line(comment) and _is_of(view, project, comment):
        place = view.text_point(_line(comment) - 1, 0)
        view.sel().clear()
        view.sel().add(place)
        view.show_at_center(place)
        view.show_popup(html + "</body>", 0, place, 800, 600)
    else:
        view.show_popup(html + "</body>", 0, -1, 800, 600)


def _is_of(view: sublime.View, project: Located, comment: dict[str, Any]) -> bool:
    return bool(project.relative(view.file_name() or os.devnull) == comment["target"].get("path"))


def _line(comment: dict[str, Any]) -> int:
    line = comment["target"].get("line")
    return line if isinstance(line, int) else 0


def _caret_line(view: sublime.View | None) -> int:
    return view.rowcol(view.sel()[0].begin())[0] + 1 if view is not None and len(view.sel()) else 1
