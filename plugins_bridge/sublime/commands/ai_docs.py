"""Generate AI Docs: of the file or the selected lines, as they stand in the editor, saved or not."""

from __future__ import annotations

import hashlib
from typing import Any

import sublime
import sublime_plugin

from ..client.call import PROXY
from ..client.errors import HiveSyncError
from ..client.session import Session
from ..surface import ai_docs
from ..surface.background import Job
from ..surface.plugin import plugin
from ..surface.projects import Located, with_project

_POLL_SECONDS = 0.5
_FINAL = ("ready", "failed")
_CHARACTERS_MAX = 4_000_000
"""Far more than any tier takes; the server knows the limit and says it."""


class HivesyncGenerateAiDocsCommand(sublime_plugin.TextCommand):
    """Has the text in front explained and documented."""

    def run(self, edit: sublime.Edit) -> None:
        """Ask, and show what comes back in a tab and beside the lines."""
        view, window = self.view, self.view.window()
        path = view.file_name()
        refusal = _refusal(view, path)
        if window is None or path is None or refusal:
            sublime.error_message(f"HiveSync: {refusal}")
            return
        asked = ai_docs.Asked(view, path, view.substr(sublime.Region(0, view.size())), _selection(view))

        def ask(session: Session, job: Job) -> Any:
            if session.mode()[0] != PROXY:
                return None
            body = {"path": path, "content": asked.content, "selection": asked.selection}
            made = session.change("POST", "/v1/ai-docs", body)
            found = _follow(session, job, made, f"/v1/ai-docs/{made['id']}")
            return ai_docs.render(path, found)

        def show(made: Any) -> None:
            if made is None:
                with_project(window, lambda project: _ask_directly(window, project, asked))
            else:
                ai_docs.show(window, asked, made)

        plugin().ask(window, "asking for documentation", ask, show)


def _refusal(view: sublime.View, path: str | None) -> str:
    if path is None:
        return "save the file first, so that its language and project are known."
    if view.encoding() == "Hexadecimal":
        return "this is a binary file; only text can be documented."
    if view.size() > _CHARACTERS_MAX:
        return "this file is too large to be documented. Move a part of it to a file of its own."
    return ""


def _selection(view: sublime.View) -> dict[str, int] | None:
    chosen = [region for region in view.sel() if not region.empty()]
    if not chosen:
        return None
    end = max(region.end() for region in chosen)
    last_row, column = view.rowcol(end)
    first_row = view.rowcol(min(region.begin() for region in chosen))[0]
    # A selection that ends before a line's first character does not mean that line.
    last_row -= 1 if column == 0 and last_row > first_row else 0
    return {"line_start": first_row + 1, "line_end": last_row + 1}


def _ask_directly(window: sublime.Window, project: Located, asked: ai_docs.Asked) -> None:
    path = project.relative(asked.path)
    if not path:
        sublime.error_message(
            "HiveSync: the file is in no folder of this window, so its project is not known."
        )
        return
    digest = hashlib.sha256(asked.content.encode("utf-8")).hexdigest()
    body = {"path": path, "sha256": digest, "content": asked.content, "selection": asked.selection}
    ours = f"/api/v1/projects/{project.id}/ai-docs"

    def ask(session: Session, job: Job) -> Any:
        made = session.change("POST", ours, body)
        return ai_docs.render(path, _follow(session, job, made, f"{ours}/{made['id']}"))

    plugin().ask(window, "asking for documentation", ask, lambda made: ai_docs.show(window, asked, made))


def _follow(session: Session, job: Job, made: Any, path: str) -> Any:
    while made["state"] not in _FINAL:
        job.say(
            "writing the documentation" if made["state"] == "running" else "waiting for the documentation"
        )
        job.pause(_POLL_SECONDS)
        made = session.get(path)
    if made["state"] == "failed":
        failure = made.get("error") or {}
        raise HiveSyncError(
            str(failure.get("code", "AI_JOB_FAILED")), str(failure.get("message", "It failed."))
        )
    return made


class HivesyncClearExplanationsCommand(sublime_plugin.TextCommand):
    """Takes the explanations beside the lines away."""

    def run(self, edit: sublime.Edit) -> None:
        """Clear those of this view."""
        ai_docs.clear(self.view)


class HivesyncShowSuggestedDiffCommand(sublime_plugin.WindowCommand):
    """Opens the diff that was suggested for the file in front."""

    def run(self) -> None:
        """Open it in a tab, with the editor's own colours for diffs."""
        view = self.window.active_view()
        if view is None or not ai_docs.show_diff(self.window, view):
            sublime.status_message("HiveSync: no diff was suggested for this file.")


class HivesyncApplySuggestedDiffCommand(sublime_plugin.TextCommand):
    """Applies the suggested diff to the text, where the editor shows it as its own difference."""

    def run(self, edit: sublime.Edit) -> None:
        """Apply it if the text is still the one that it was made for; undo takes it back."""
        changed = ai_docs.applied(self.view)
        if changed is None:
            return
        before = self.view.substr(sublime.Region(0, self.view.size()))
        self.view.replace(edit, sublime.Region(0, self.view.size()), changed)
        # The gutter marks what differs from here on, and "Diff Hunk: Revert" works on each part.
        self.view.set_reference_document(before)
        ai_docs.forget_diff(self.view)
        sublime.status_message("HiveSync: the suggestion is applied, and not saved yet; undo takes it back.")
