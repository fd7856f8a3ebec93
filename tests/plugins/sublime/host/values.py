"""The small things that plugins are given: regions, edits, phantoms, sheets, items of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Sequence

from tests.plugins.sublime.host import rules

if TYPE_CHECKING:
    from tests.plugins.sublime.host.view import View

KIND_AMBIGUOUS = (0, "", "")


class Region:
    def __init__(self, a: int, b: int | None = None) -> None:
        self.a, self.b = a, a if b is None else b

    def begin(self) -> int:
        return min(self.a, self.b)

    def end(self) -> int:
        return max(self.a, self.b)

    def empty(self) -> bool:
        return self.a == self.b


class Selection(list):  # type: ignore[type-arg]
    def add(self, region: Any) -> None:
        self.append(Region(region) if isinstance(region, int) else region)


class Edit:
    """Valid inside the command it was given to, and nowhere else."""

    def __init__(self) -> None:
        self.valid = True


class Phantom:
    def __init__(
        self, region: Region, content: str, layout: int, on_navigate: Callable[[str], None] | None = None
    ) -> None:
        rules.take_html(content)
        self.region, self.content, self.layout, self.on_navigate = region, content, layout, on_navigate


class PhantomSet:
    def __init__(self, view: View, key: str = "") -> None:
        self.view, self.key = view, key

    def update(self, phantoms: Sequence[Phantom]) -> None:
        rules.on_main_thread("PhantomSet.update")
        self.view.phantoms[self.key] = list(phantoms)


class HtmlSheet:
    def __init__(self, name: str, contents: str) -> None:
        rules.take_html(contents)
        self.name, self.contents, self.is_open = name, contents, True

    def close(self) -> None:
        self.is_open = False


class QuickPanelItem:
    def __init__(
        self, trigger: str, details: Any = "", annotation: str = "", kind: Any = KIND_AMBIGUOUS
    ) -> None:
        for text in [details] if isinstance(details, str) else details:
            rules.take_html(text)
        self.trigger, self.details, self.annotation, self.kind = trigger, details, annotation, kind
