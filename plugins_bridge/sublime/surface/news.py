"""What each event changes in the editor. One of an unknown type, or of another shape, changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sublime

from ..client.events import Event
from ..client.plain import one_line

if TYPE_CHECKING:
    from .plugin import Plugin

_REFRESHING = ("agent.changed", "session.changed", "preview.progress", "preview.state", "reset")


class News:
    """Takes the events of a plugin, on the editor's thread."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin

    def take(self, event: Event) -> None:
        """Show what is new."""
        kind, data = event["type"], event["data"]
        try:
            self._show(kind, data)
        except (KeyError, TypeError, AttributeError):
            # A server of another version: what it means is asked for, not guessed.
            self._plugin.refresh_soon()

    def _show(self, kind: str, data: Any) -> None:
        if kind == "device.console":
            self._plugin.console.add(data)
        elif kind == "preview.diagnostics":
            self._show_diagnostics(data)
        elif kind == "notification.created":
            sublime.status_message("HiveSync: " + one_line(data["notification"]["text"]))
            self._plugin.refresh_soon()
        elif kind.startswith("operation."):
            self._tell_operation(kind, data["operation"])
        elif kind in _REFRESHING:
            if kind == "session.changed":
                self._forget_account()
            self._plugin.refresh_soon()

    def _show_diagnostics(self, data: Any) -> None:
        if self._plugin.settings.shows_diagnostics:
            self._plugin.diagnostics.replace(str(data["preview_id"]), list(data["diagnostics"]))

    def _tell_operation(self, kind: str, operation: Any) -> None:
        if kind == "operation.conflict":
            refused = one_line(operation["conflict"]["problem"]["detail"])
            sublime.status_message(f"HiveSync: a change came back: {refused} (`hivesync operations`)")
        self._plugin.refresh_soon()

    def _forget_account(self) -> None:
        """Nothing that the earlier account saw stays on the screen."""
        self._plugin.diagnostics.clear()
        if self._plugin.session is not None:
            self._plugin.session.direct.tokens.forget()
