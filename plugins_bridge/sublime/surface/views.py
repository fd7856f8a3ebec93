"""Keeps what is drawn in step with the views that come, go and come to the front."""

from __future__ import annotations

import sublime
import sublime_plugin

from . import ai_docs
from .plugin import is_loaded, plugin


class HivesyncViews(sublime_plugin.EventListener):
    """Hears of every view; does what needs no waiting."""

    def on_activated(self, view: sublime.View) -> None:
        """Show status and build errors in the view that came to the front."""
        if is_loaded():
            plugin().show_in(view)

    def on_load(self, view: sublime.View) -> None:
        """Draw the build errors of a file that was opened."""
        if is_loaded():
            plugin().show_in(view)

    def on_close(self, view: sublime.View) -> None:
        """Forget what was kept of the view."""
        if is_loaded():
            plugin().diagnostics.forget(view)
        ai_docs.forget(view)
