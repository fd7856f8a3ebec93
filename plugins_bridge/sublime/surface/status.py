"""The text in the status bar: who is signed in, the tier, what is being made, and what is unread."""

from __future__ import annotations

from dataclasses import dataclass

import sublime

from ..client.plain import one_line

_KEY = "hivesync"


@dataclass
class Facts:
    """What was last heard. `mode` and `why` are shown by *HiveSync: Status* only."""

    state: str = "starting"
    username: str = ""
    user_id: str = ""
    tier: str = ""
    server_url: str = ""
    mode: str = ""
    why: str = ""
    pending: int = 0
    queued: int = 0
    conflicts: int = 0
    unread: int = 0
    unread_more: bool = False

    def text(self, progress: str = "") -> str:
        """Give the words of the status bar."""
        if progress:
            return f"HiveSync: {one_line(progress, 80)}…"
        if self.state != "signed in":
            return f"HiveSync: {self.state}"
        parts = [one_line(self.username, 40), self.tier.capitalize()]
        if self.pending:
            parts.append(_counted(self.pending, "preview"))
        if self.queued:
            parts.append(f"{self.queued} waiting")
        if self.conflicts:
            parts.append(_counted(self.conflicts, "conflict"))
        if self.unread:
            parts.append(f"{self.unread}{'+' if self.unread_more else ''} unread")
        return "HiveSync: " + " · ".join(part for part in parts if part)


def show_status(text: str) -> None:
    """Put the text into the status bar of every window; empty takes it away."""
    for window in sublime.windows():
        view = window.active_view()
        if view is not None:
            show_status_in(view, text)


def show_status_in(view: sublime.View, text: str) -> None:
    """Put the text into the status bar that this view has."""
    if text:
        view.set_status(_KEY, text)
    else:
        view.erase_status(_KEY)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
