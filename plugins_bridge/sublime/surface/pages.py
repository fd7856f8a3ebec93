"""Lists of the backend, page by page, up to what a list in an editor is good for."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ..client.session import Session

_PAGE = 200
_ITEMS_MAX = 1000


def every(session: Session, path: str) -> list[dict[str, Any]]:
    """Give the items of all pages, a thousand at most; raise `HiveSyncError`."""
    items: list[dict[str, Any]] = []
    cursor = ""
    sign = "&" if "?" in path else "?"
    while len(items) < _ITEMS_MAX:
        page = session.get(f"{path}{sign}limit={_PAGE}" + (f"&cursor={quote(cursor)}" if cursor else ""))
        items += page["items"]
        cursor = page.get("next_cursor") or ""
        if not cursor or not page["items"]:  # a page before others is never empty
            break
    return items[:_ITEMS_MAX]
