"""Lists as files: CSV for spreadsheets, JSON for programs.

A spreadsheet takes a cell that begins with one of a few characters for a formula, and so runs what a user
typed as a name. Such cells get a quote in front, and all are quoted, so that a separator of another country
begins no cell of its own (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from hivesync_contract.pages import Page

from hivesync_server.admin.lists import Lists
from hivesync_server.http.pagination import PageRequest

ROWS_MAX = 10_000
_PAGE = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four: as Japanese and Chinese keyboards write the first, in full width."""


class ExportOf(StrEnum):
    USERS = "users"
    PROJECTS = "projects"
    JOBS = "jobs"
    MAILS = "mails"
    AUDIT = "audit"
    QUESTIONS = "questions"
    WEBHOOK_DELIVERIES = "webhook_deliveries"
    LOGS = "logs"


class ExportFormat(StrEnum):
    CSV = "csv"
    JSON = "json"


async def export(lists: Lists, what: ExportOf, form: ExportFormat) -> str:
    """Give the newest rows of a list, at most `ROWS_MAX`."""
    read: Callable[[PageRequest], Awaitable[Page[Any]]] = getattr(lists, what.value)
    rows: list[dict[str, Any]] = []
    after = None
    while len(rows) < ROWS_MAX:
        page = await read(PageRequest(_PAGE, after))
        rows += [asdict(item) for item in page.items]
        if page.next_cursor is None:
            break
        after = rows[-1]["id"]
    return as_csv(rows) if form is ExportFormat.CSV else as_json(rows)


def as_json(rows: Sequence[dict[str, Any]]) -> str:
    """Give rows as an array of objects."""
    return json.dumps(rows, default=_plain, ensure_ascii=False, indent=1) + "\n"


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Give rows with a line of names; what can be no cell is written as JSON."""
    text = io.StringIO()
    names = list(rows[0]) if rows else []
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else _plain(value)
    # Some spreadsheets drop white space before they look.
    return "'" + text if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
