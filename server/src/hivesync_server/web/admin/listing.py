"""Lists as pages show them: every list of the admin pages has the same form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

from hivesync_contract.jobs import JobKind
from hivesync_contract.pages import Page

Item = TypeVar("Item")

_WORK = {JobKind.PREVIEW_BUILD.value: "Preview", JobKind.AI_DOCS.value: "AI documentation"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `tone`: good, bad or faint. `act`: a form that posts there, with the password.

    `more`: long text, shown when asked for.
    """

    text: str
    link: str = ""
    tone: str = ""
    act: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice above a list: its words and where it leads."""

    text: str
    link: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A list, with its way on. `search`: what was searched for, if that is possible."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    path: str
    filters: Sequence[Filter] = ()
    search: str | None = None
    next_link: str = ""
    export: str = ""


def table_of(
    title: str,
    path: str,
    columns: Sequence[str],
    page: Page[Item],
    row: Callable[[Item], Sequence[Cell]],
    query: dict[str, str] | None = None,
    *,
    filters: Sequence[Filter] = (),
    search: str | None = None,
    export: str = "",
) -> Table:
    """Make a table of one page of a list. `query`: what chose it, which the next page needs again."""
    onward = path + "?" + urlencode((query or {}) | {"cursor": page.next_cursor}) if page.next_cursor else ""
    return Table(title, columns, [row(item) for item in page.items], path, filters, search, onward, export)


def filters_of(path: str, name: str, options: Iterable[str], chosen: str) -> list[Filter]:
    """Give one choice for each option, and one for all."""
    everything = Filter("all", path, not chosen)
    return [everything] + [
        Filter(option, f"{path}?{urlencode({name: option})}", option == chosen) for option in options
    ]


def moment(value: datetime | None) -> Cell:
    """Give a time as people read it, in UTC."""
    return Cell(f"{value:%Y-%m-%d %H:%M:%S}" if value else "–", tone="faint")


def yes(value: bool, *, tone: str = "") -> Cell:
    """Give a truth value; a true one may have a tone."""
    return Cell("yes" if value else "no", tone=tone if value else "faint")


def work(kind: str) -> str:
    """Give a kind of job as people call it."""
    return _WORK.get(kind, kind)


def duration(seconds: float | None) -> str:
    """Give seconds as people read them."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
