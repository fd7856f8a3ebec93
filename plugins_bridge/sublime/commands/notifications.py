"""Show Notifications: the newest first; choosing one reads it out and marks it as read."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import sublime
import sublime_plugin

from ..client.plain import day, one_line
from ..client.session import Session
from ..surface.background import Job
from ..surface.plugin import plugin
from ..surface.queued import tell_done

_PATH = "/api/v1/notifications"
_UNREAD = (sublime.KIND_AMBIGUOUS[0], "●", "unread")
_READ = (sublime.KIND_AMBIGUOUS[0], " ", "read")


class HivesyncShowNotificationsCommand(sublime_plugin.WindowCommand):
    """Lists notifications."""

    def run(self) -> None:
        """Fetch and show the newest."""

        def fetch(session: Session, job: Job) -> Any:
            return session.get(f"{_PATH}?limit=100")["items"]

        plugin().ask(self.window, "fetching notifications", fetch, self._show)

    def _show(self, found: list[dict[str, Any]]) -> None:
        if not found:
            sublime.status_message("HiveSync: no notifications.")
            return
        unread = sum(not each["read"] for each in found)
        first = [sublime.QuickPanelItem("Mark all as read")] if unread else []
        items = [*first, *(_item(each) for each in found)]

        def choose(index: int) -> None:
            if index >= 0 and index < len(first):
                self._mark_all(found[0]["id"])
            elif index >= 0:
                self._mark(found[index - len(first)])

        self.window.show_quick_panel(items, choose, placeholder=f"Notifications ({unread} unread)")

    def _mark_all(self, newest: str) -> None:
        def mark(session: Session, job: Job) -> Any:
            return session.change("POST", f"{_PATH}/read", {"up_to": newest})

        plugin().ask(self.window, "marking as read", mark, lambda told: _done(told, "all are read."))

    def _mark(self, notification: dict[str, Any]) -> None:
        path = f"{_PATH}/{quote(str(notification['id']), safe='')}"

        def mark(session: Session, job: Job) -> Any:
            return None if notification["read"] else session.change("PATCH", path, {"read": True})

        text = one_line(notification["text"], 400)
        plugin().ask(self.window, "marking as read", mark, lambda told: _done(told, text))


def _done(told: Any, words: str) -> None:
    tell_done(told, words)
    plugin().refresh()


def _item(notification: dict[str, Any]) -> sublime.QuickPanelItem:
    what = one_line(notification["type"], 40).replace("_", " ")
    annotation = f"{what} · {day(notification['created_at'])}"
    kind = _READ if notification["read"] else _UNREAD
    return sublime.QuickPanelItem(one_line(notification["text"]), "", annotation, kind)
