"""Doctor: what is wrong between this editor and the phone, where it begins, and what to do."""

from __future__ import annotations

import platform
from typing import Any

import sublime
import sublime_plugin

from ..client.call import PROXY
from ..client.errors import CommandMissing, HiveSyncError
from ..client.plain import one_line, plain
from ..client.session import Session
from ..client.version import PROTOCOL, VERSION
from ..surface.background import Job
from ..surface.plugin import plugin

_MARKS = {"ok": "✓", "note": "•", "wrong": "✗"}


class HivesyncDoctorCommand(sublime_plugin.WindowCommand):
    """Looks at this plugin's way, then lets `hivesync doctor` look at the rest of the machine."""

    def run(self) -> None:
        """Look, and show the report in a tab."""
        here = f"Sublime Text {sublime.version()}, Python {platform.python_version()}"

        def look(session: Session, job: Job) -> Any:
            lines = [f"✓ plugin: HiveSync {VERSION}, protocol {PROTOCOL}, {here}", *_way(session)]
            try:
                told = session.direct.tokens.command.run("doctor")
            except CommandMissing as error:
                return [*lines, f"✗ command: {error.detail}"]
            except HiveSyncError as error:
                return [*lines, f"✗ doctor: {error.detail}"]
            return [*lines, *(line for each in told["findings"] for line in _finding(each))]

        plugin().ask(self.window, "looking at this machine", look, self._show)

    def _show(self, lines: list[str]) -> None:
        view = self.window.new_file()
        view.set_scratch(True)
        view.set_name("HiveSync: Doctor")
        view.settings().set("word_wrap", True)
        view.run_command("append", {"characters": plain("\n".join(lines) + "\n"), "force": True})


def _way(session: Session) -> list[str]:
    try:
        found = session.agent.check()
    except HiveSyncError as error:
        mode, reason, _ = session.mode()
        return [f"• way: {mode} ({reason}): {error.detail}"]
    return [f"✓ way: {PROXY}, by the agent {one_line(found.version, 40)}, which has proven itself"]


def _finding(finding: dict[str, Any]) -> list[str]:
    mark = _MARKS.get(str(finding["grade"]), "?")
    lines = [f"{mark} {one_line(finding['check'], 40)}: {one_line(finding['text'], 1000)}"]
    if finding.get("follows_from"):
        lines.append(f"    follows from: {one_line(finding['follows_from'], 40)}")
    elif finding.get("remedy"):
        lines.append(f"    {one_line(finding['remedy'], 1000)}")
    return lines
