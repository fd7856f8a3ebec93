"""Start Agent, Status, Show Console, Show Build Errors, and Cancel."""

from __future__ import annotations

from typing import Any

import sublime
import sublime_plugin

from ..client.plain import markup
from ..client.session import Session
from ..surface.background import Job
from ..surface.plugin import plugin


class HivesyncStartAgentCommand(sublime_plugin.WindowCommand):
    """Starts the desktop agent, with which projects and live previews work."""

    def run(self) -> None:
        """Start it by the `hivesync` command."""

        def start(session: Session, job: Job) -> Any:
            return session.direct.tokens.command.run("agent", "start")

        plugin().ask(self.window, "starting the agent", start, self._done)

    def _done(self, told: Any) -> None:
        sublime.status_message("HiveSync: the agent runs.")
        plugin().refresh()


class HivesyncStatusCommand(sublime_plugin.WindowCommand):
    """Shows what the status bar has no room for: by which way calls go, and to which server."""

    def run(self) -> None:
        """Show it in a popup."""
        view, facts = self.window.active_view(), plugin().facts
        ways = {"proxy": "by the agent", "direct": "directly", "none": "not at all"}
        lines = [facts.text(), f"Calls go {ways.get(facts.mode, 'not yet')}. {facts.why}"]
        if facts.state == "paused":
            lines.append("The agent rests; its icon or `hivesync api POST /v1/resume` lets it go on.")
        if facts.conflicts:
            lines.append("What came back: `hivesync operations`.")
        if facts.server_url:
            lines.append(facts.server_url)
        if view is None:
            sublime.status_message(lines[0])
        else:
            body = "<br>".join(markup(line, 400) for line in lines)
            view.show_popup(f'<body id="hivesync-status">{body}</body>', 0, -1, 800, 400)


class HivesyncShowConsoleCommand(sublime_plugin.WindowCommand):
    """Opens the panel with what the phones' consoles have said."""

    def run(self) -> None:
        """Open it."""
        plugin().console.show(self.window)


class HivesyncShowBuildErrorsCommand(sublime_plugin.WindowCommand):
    """Lists the errors of the last builds; choosing one goes there."""

    def run(self) -> None:
        """Show the list."""
        found = plugin().diagnostics.lines()
        if not found:
            sublime.status_message("HiveSync: no build errors.")
            return
        items = [
            sublime.QuickPanelItem(text, "", f"{path.replace(chr(92), '/').rpartition('/')[2]}:{line}")
            for path, line, column, text in found
        ]

        def choose(index: int) -> None:
            if index >= 0 and found[index][0]:
                path, line, column, _ = found[index]
                # 1 stands for sublime.ENCODED_POSITION: line and column follow the name.
                self.window.open_file(f"{path}:{line}:{column}", 1)

        self.window.show_quick_panel(items, choose, placeholder="Build errors")


class HivesyncCancelCommand(sublime_plugin.ApplicationCommand):
    """Gives up what the status bar says is waited for."""

    def run(self) -> None:
        """Cancel it."""
        if not plugin().background.cancel():
            sublime.status_message("HiveSync: nothing is waited for.")
