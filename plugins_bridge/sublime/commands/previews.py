"""Request Preview, Live Preview, Stop, and what can be done with a preview's link."""

from __future__ import annotations

import webbrowser
from typing import Any

import sublime
import sublime_plugin

from ..client.links import is_ours, own_origins
from ..client.session import Session
from ..surface import previews
from ..surface.background import Job
from ..surface.plugin import plugin


class HivesyncRequestPreviewCommand(sublime_plugin.WindowCommand):
    """Shows the project of the file in front on a phone."""

    def run(self, live: bool = False) -> None:
        """Ask for the preview; with `live`, of every save from now on."""
        view = self.window.active_view()
        path = (view.file_name() if view is not None else None) or next(iter(self.window.folders()), "")
        if path:
            previews.start_preview(self.window, path, live=live)
        else:
            sublime.error_message("HiveSync: save the file first; a preview is made of files on disk.")


class HivesyncLivePreviewCommand(sublime_plugin.WindowCommand):
    """The same, and the phone follows what is saved."""

    def run(self) -> None:
        """Ask for the live preview."""
        self.window.run_command("hivesync_request_preview", {"live": True})


class HivesyncStopPreviewCommand(sublime_plugin.WindowCommand):
    """Ends a live preview, the newest without `about`."""

    def run(self, about: str = "") -> None:
        """Stop it; the phone keeps what it shows."""
        live = previews.newest(about) if about else previews.newest_live()
        if live is None or not live.get("live"):
            sublime.status_message("HiveSync: no live preview runs.")
            return
        previews.stop_live(
            self.window, live, lambda: sublime.status_message("HiveSync: live preview stopped.")
        )


class HivesyncShowPreviewCommand(sublime_plugin.WindowCommand):
    """Shows the newest preview's link and code again."""

    def run(self) -> None:
        """Open its page."""
        preview = _found("")
        if preview is not None:
            previews.show_preview(self.window, preview)


class HivesyncCopyPreviewLinkCommand(sublime_plugin.WindowCommand):
    """Puts a preview's link on the clipboard."""

    def run(self, about: str = "") -> None:
        """Copy the link of this preview, or of the newest."""
        preview = _found(about)
        if preview is not None:
            sublime.set_clipboard(str(preview["preview_url"]))
            sublime.status_message("HiveSync: the link is on the clipboard; it opens for ten minutes.")


class HivesyncOpenPreviewCommand(sublime_plugin.WindowCommand):
    """Opens a preview in this machine's browser, if the link leads to HiveSync's own hosts."""

    def run(self, about: str = "") -> None:
        """Open this preview, or the newest."""
        preview = _found(about)
        if preview is None:
            return
        url = str(preview["preview_url"])
        server = plugin().server

        def open_it(session: Session, job: Job) -> Any:
            return is_ours(url, own_origins(session, server)) and webbrowser.open(url)

        plugin().ask(self.window, "opening the browser", open_it, _tell_unless_opened)


def _tell_unless_opened(opened: Any) -> None:
    if not opened:
        sublime.error_message("HiveSync: the link was not opened: it does not lead to this server's hosts.")


def _found(about: str) -> Any:
    preview = previews.newest(about)
    if preview is None:
        sublime.status_message("HiveSync: there is no preview yet.")
    return preview
