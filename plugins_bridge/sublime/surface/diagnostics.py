"""Build errors in the text they are about: squiggles, a sign in the gutter, the message below the line."""

from __future__ import annotations

import os
from typing import Any

import sublime

from ..client.plain import markup, one_line

_KEY = "hivesync.diagnostics"
_SHOWN_MAX = 200
_STYLE = (
    "<style>div.error {border-left: 0.3rem solid var(--redish); padding: 0.3rem 0.6rem; margin: 0.2rem 0;"
    " background-color: color(var(--redish) alpha(0.15))}</style>"
)


class Diagnostics:
    """What the last build of each preview says. A later one of the same preview replaces it."""

    def __init__(self) -> None:
        self._of_preview: dict[str, list[dict[str, Any]]] = {}
        self._phantoms: dict[int, sublime.PhantomSet] = {}

    def replace(self, preview: str, diagnostics: list[dict[str, Any]]) -> None:
        """Show these of a preview instead of the earlier ones."""
        if diagnostics or self._of_preview.get(preview):
            self._of_preview[preview] = diagnostics[:_SHOWN_MAX]
            self.show()

    def clear(self) -> None:
        """Show none."""
        self._of_preview.clear()
        self.show()

    def show(self) -> None:
        """Draw them in all views."""
        for window in sublime.windows():
            for view in window.views():
                self.show_in(view)

    def show_in(self, view: sublime.View) -> None:
        """Draw those of the view's file."""
        found = self._of_file(view.file_name())
        if not found and view.id() not in self._phantoms:
            return
        regions = [_region(view, each) for each in found]
        flags = sublime.DRAW_NO_FILL | sublime.DRAW_NO_OUTLINE | sublime.DRAW_SQUIGGLY_UNDERLINE
        view.add_regions(_KEY, regions, "region.redish", "dot", flags)
        phantoms = self._phantoms.setdefault(view.id(), sublime.PhantomSet(view, _KEY))
        phantoms.update(
            [
                sublime.Phantom(region, _html(each), sublime.LAYOUT_BELOW)
                for region, each in zip(regions, found)
            ]
        )

    def forget(self, view: sublime.View) -> None:
        """Drop what is kept of a view that is closed."""
        self._phantoms.pop(view.id(), None)

    def lines(self) -> list[tuple[str, int, int, str]]:
        """Give all of them as path, line, column and text, for lists."""
        everything = [each for several in self._of_preview.values() for each in several]
        return [
            (str(each["path"]), _number(each, "line"), _number(each, "column"), one_line(each["message"]))
            for each in everything
        ]

    def _of_file(self, path: str | None) -> list[dict[str, Any]]:
        if not path:
            return []
        everything = (each for several in self._of_preview.values() for each in several)
        return [each for each in everything if _same(str(each["path"]), path)]


def _same(one: str, other: str) -> bool:
    return bool(one) and os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def _region(view: sublime.View, diagnostic: dict[str, Any]) -> sublime.Region:
    row, column = max(0, _number(diagnostic, "line") - 1), max(0, _number(diagnostic, "column") - 1)
    start = view.text_point(row, column, clamp_column=True)
    end = view.line(start).end()
    return sublime.Region(start, end) if end > start else view.line(start)


def _number(diagnostic: dict[str, Any], name: str) -> int:
    value = diagnostic.get(name)
    return value if isinstance(value, int) else 0


def _html(diagnostic: dict[str, Any]) -> str:
    hint = diagnostic.get("hint")
    more = f"<br><i>{markup(hint, 2000)}</i>" if hint else ""
    message = markup(diagnostic["message"], 4000)
    return f'<body id="hivesync-diagnostic">{_STYLE}<div class="error">{message}{more}</div></body>'
