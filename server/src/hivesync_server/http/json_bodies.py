"""JSON in which each name of an object stands once: who reads the first and who the last would disagree.

RFC 8259, section 4, leaves it open what a repeated name means, so a proxy or a log could see another value
than the one that is done (RFC 7493, section 2.3, forbids it).
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

_SHOWN_CHARACTERS = 60


class RepeatedName(ValueError):
    """An object names a field twice; says which."""

    def __init__(self, name: str) -> None:
        # As ASCII, since a name may hold what no answer can: half of a surrogate pair.
        shown = ascii(name[:_SHOWN_CHARACTERS])
        super().__init__(f"The body has the field {shown} more than once in one object; send each once.")


class JsonRequest(Request):
    """A request whose JSON is refused, as any other invalid body, if it repeats a name."""

    async def json(self) -> Any:
        """Give the body read as JSON."""
        if not hasattr(self, "_json"):
            try:
                self._json = read_json(await self.body())
            except RepeatedName as error:
                # The one kind of error that FastAPI lets through from here.
                raise HTTPException(422, str(error)) from error
        return self._json


def read_json(body: bytes) -> Any:
    """Read JSON, or raise `RepeatedName` or what `json.loads` raises."""
    return json.loads(body, object_pairs_hook=_once_each)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise RepeatedName(next(name for name, count in counts.items() if count > 1))
    return read
