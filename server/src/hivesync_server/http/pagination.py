"""Cursors of lists: the id of the last item seen, wrapped so that nobody builds on what is inside."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.pages import LIMIT_DEFAULT, LIMIT_MAX, Page

from hivesync_server.adapters.containing import Found, first_page

Row = TypeVar("Row")
Item = TypeVar("Item")


class CursorInvalid(HiveSyncError):
    """The cursor did not come from us."""

    code = ErrorCode.VALIDATION_ERROR


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is asked for: newest first, after the item with the id `after`."""

    limit: int
    after: str | None

    def page(
        self, rows: Sequence[Row], id_of: Callable[[Row], str], item: Callable[[Row], Item]
    ) -> Page[Item]:
        """Make the answer of `rows`, which must hold one more than `limit` when there is more."""
        return self.found(first_page(rows, self.limit), id_of, item)

    def found(
        self, found: Found[Row], id_of: Callable[[Row], str], item: Callable[[Row], Item]
    ) -> Page[Item]:
        """Make the answer of what was found."""
        end = _wrap(id_of(found.last)) if found.last is not None else None
        return Page([item(row) for row in found.rows], end)


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> PageRequest:
    return PageRequest(limit, _unwrap(cursor) if cursor else None)


PageQuery = Annotated[PageRequest, Depends(_page_request)]


def _wrap(identifier: str) -> str:
    return base64.urlsafe_b64encode(UUID(identifier).bytes).decode().rstrip("=")


def _unwrap(cursor: str) -> str:
    try:
        return str(UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True)))
    except (binascii.Error, ValueError) as error:
        raise cursor_invalid() from error


def cursor_invalid() -> CursorInvalid:
    """Give the refusal of a cursor that can't be read."""
    field = FieldError("cursor", "is not one that a list gave")
    return CursorInvalid("The cursor is unknown; start the list anew.", errors=[field])
