"""What AI says of a text: a page beside it, explanations below its lines, and a diff to be applied.

All of it is a model's output, and so is shown as text only and applied by the user only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sublime

from ..client.plain import LONG_CHARACTERS, markup, one_line, plain
from ..client.unified_diff import DiffMismatch, apply_diff
from .sheets import heading, open_page, page, section, soft

_KEY = "hivesync.explanations"
_EXPLANATIONS_MAX = 100
_CONCEPTS_MAX = 50
_DIFF_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class Asked:
    """The text that was sent, and the view that it stood in."""

    view: sublime.View
    path: str
    content: str
    selection: dict[str, int] | None


@dataclass(frozen=True)
class _Suggestion:
    diff: str
    content: str


_suggestions: dict[int, _Suggestion] = {}
_phantoms: dict[int, sublime.PhantomSet] = {}


@dataclass(frozen=True)
class Rendered:
    """A result as it is shown. `explanations`: the line (from 0) and the minihtml below it."""

    name: str
    page: str
    explanations: list[tuple[int, str]]
    diff: str


def render(path: str, found: dict[str, Any]) -> Rendered:
    """Make what is shown of a result, which may be of any size: off the editor's thread."""
    result = found["result"]
    explanations = [each for each in result["explanations"] if isinstance(each.get("text"), str)]
    name = one_line(found.get("file") or found.get("path") or path)
    below = [
        (max(0, int(each["line_start"]) - 1), _explanation(each["text"]))
        for each in explanations[:_EXPLANATIONS_MAX]
    ]
    diff = result.get("suggested_diff")
    fits = isinstance(diff, str) and len(diff) <= _DIFF_CHARACTERS
    return Rendered(name, _document(name, result, explanations), below, diff if fits else "")


def show(window: sublime.Window, asked: Asked, made: Rendered) -> None:
    """Show a result in a tab and beside the lines it explains, and keep its diff at hand."""
    view = asked.view
    if view.is_valid():
        _explain(view, made.explanations)
        forget_diff(view)
        if made.diff:
            _suggestions[view.id()] = _Suggestion(made.diff, asked.content)
            sublime.status_message("HiveSync: a change is suggested (HiveSync: Show Suggested Diff).")
    if window.is_valid():
        open_page(window, f"AI: {made.name}", made.page)


def clear(view: sublime.View) -> None:
    """Take the explanations of a view away."""
    shown = _phantoms.pop(view.id(), None)
    if shown is not None:
        shown.update([])


def forget(view: sublime.View) -> None:
    """Drop what is kept of a view that is closed."""
    _phantoms.pop(view.id(), None)
    forget_diff(view)


def forget_diff(view: sublime.View) -> None:
    """Drop the suggestion, once it was applied."""
    _suggestions.pop(view.id(), None)


def show_diff(window: sublime.Window, view: sublime.View) -> bool:
    """Open the diff suggested for the view in a tab; False if there is none."""
    suggestion = _suggestions.get(view.id())
    if suggestion is None:
        return False
    shown = window.new_file()
    shown.set_scratch(True)
    shown.set_name("Suggested: " + one_line(view.file_name() or "", 60).replace("\\", "/").rpartition("/")[2])
    shown.assign_syntax("Packages/Diff/Diff.sublime-syntax")
    shown.run_command("append", {"characters": plain(suggestion.diff, _DIFF_CHARACTERS), "force": True})
    shown.set_read_only(True)
    buttons = '<a href="apply">Apply to the file</a> · <a href="discard">Discard</a>'

    def choose(href: str) -> None:
        if href == "apply":
            view.run_command("hivesync_apply_suggested_diff")
        else:
            forget_diff(view)
        shown.close()

    phantoms = _phantoms.setdefault(shown.id(), sublime.PhantomSet(shown, _KEY))
    top = sublime.Phantom(
        sublime.Region(0, 0), f'<body id="hivesync-diff">{buttons}</body>', sublime.LAYOUT_BLOCK, choose
    )
    phantoms.update([top])
    return True


def applied(view: sublime.View) -> str | None:
    """Give the view's text with its suggestion applied; None, and a message, if that can't be."""
    suggestion = _suggestions.get(view.id())
    if suggestion is None:
        sublime.status_message("HiveSync: no diff was suggested for this file.")
        return None
    text = view.substr(sublime.Region(0, view.size()))
    try:
        if text != suggestion.content:
            raise DiffMismatch
        return apply_diff(text, suggestion.diff)
    except DiffMismatch:
        sublime.error_message("HiveSync: the text has changed since; ask for the documentation again.")
        return None


def _explain(view: sublime.View, explanations: list[tuple[int, str]]) -> None:
    phantoms = _phantoms.setdefault(view.id(), sublime.PhantomSet(view, _KEY))

    def close(href: str) -> None:
        clear(view)

    phantoms.update(
        [
            sublime.Phantom(view.line(view.text_point(row, 0)), content, sublime.LAYOUT_BELOW, close)
            for row, content in explanations
        ]
    )


def _explanation(text: str) -> str:
    return f'<body id="hivesync-explanation"><i>{markup(text, 1500)}</i> <a href="close">×</a></body>'


def _document(name: str, result: dict[str, Any], explanations: list[dict[str, Any]]) -> str:
    parts = [heading(name), section("Summary", str(result["summary"]))]
    concepts = [one_line(each, 500) for each in result["key_concepts"][:_CONCEPTS_MAX]]
    if concepts:
        parts.append(section("Key concepts", *(f"• {each}" for each in concepts)))
    left = LONG_CHARACTERS * 5
    for shown, each in enumerate(explanations):
        if shown == _EXPLANATIONS_MAX or left <= 0:
            parts.append(soft(f"{len(explanations) - shown} more explanations are left out."))
            break
        left -= len(each["text"])
        parts.append(section(f"{each.get('symbol') or 'Lines'} {_lines(each)}", each["text"]))
    model = f" ({one_line(result['model'])})" if result.get("model") else ""
    fallback = "; a fallback, since the tier's own model could not be had" if result.get("fallback") else ""
    parts += [soft(one_line(note, 500)) for note in result.get("notes", [])[:20]]
    parts.append(soft(f"Made by {one_line(result['engine'])}{model}{fallback}."))
    return page(*parts)


def _lines(explanation: dict[str, Any]) -> str:
    return f"({explanation['line_start']}–{explanation['line_end']})"
