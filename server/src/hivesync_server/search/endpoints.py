"""The route of search."""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.search import (
    SEARCH_LIMIT_MAX,
    SEARCH_QUERY_CHARACTERS,
    SearchHit,
    SearchKind,
    SearchResults,
)

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.comments.shapes import target_shape
from hivesync_server.http.fields import GivenId, Prose
from hivesync_server.http.pagination import cursor_invalid
from hivesync_server.http.route import ApiRoute
from hivesync_server.projects.service import ProjectsDep
from hivesync_server.resources import ResourcesDep
from hivesync_server.search.index import Scope
from hivesync_server.search.ranking import Ranked
from hivesync_server.search.repository import PROJECTS_MAX
from hivesync_server.search.service import SearchDep
from hivesync_server.search.terms import query_words

router = APIRouter(prefix="/search", tags=["search"], route_class=ApiRoute)

_CURSOR = struct.Struct(">I16s")


class KindUnknown(HiveSyncError):
    """The query names what can't be found."""

    code = ErrorCode.VALIDATION_ERROR


@dataclass(frozen=True, slots=True)
class Place:
    """A place in what was found: right after what has this rank."""

    score: int
    subject_id: str

    def wrap(self) -> str:
        """Give the cursor."""
        return base64.urlsafe_b64encode(_CURSOR.pack(self.score, UUID(self.subject_id).bytes)).decode()

    @classmethod
    def unwrap(cls, cursor: str) -> Place:
        """Read a cursor, or raise `CursorInvalid`."""
        try:
            score, subject = _CURSOR.unpack(base64.b64decode(cursor, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError, struct.error) as error:
            raise cursor_invalid() from error
        return cls(score, str(UUID(bytes=subject)))


def _kinds(types: str | None) -> frozenset[SearchKind]:
    if types is None:
        return frozenset(SearchKind)
    try:
        return frozenset(SearchKind(name) for name in types.split(","))
    except ValueError as error:
        known = ", ".join(SearchKind)
        field = FieldError("types", f"must be some of {known}, with commas between them")
        raise KindUnknown("Some of the types can't be searched for.", errors=[field]) from error


@router.get("")
async def search(
    q: Annotated[Prose, Query(min_length=1, max_length=SEARCH_QUERY_CHARACTERS)],
    principal: CurrentPrincipal,
    resources: ResourcesDep,
    projects: ProjectsDep,
    search: SearchDep,
    types: Annotated[str | None, Query(max_length=100)] = None,
    project_id: Annotated[GivenId | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=SEARCH_LIMIT_MAX)] = 20,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> SearchResults:
    """Search projects, tasks and comments that the caller may see; the best first, then the newest.

    All words must be there, whatever their case and accents, and the beginning of a word will do. Where
    little is found, mistyped words are forgiven. What is given are the 100 newest that fit, of the caller's
    500 newest projects; who has more finds what is in others by naming one.
    """
    after = Place.unwrap(cursor) if cursor else None
    kinds = _kinds(types)
    only = principal.project_ids
    if project_id is not None:
        await projects.check_visible(project_id, principal)
        only = frozenset({project_id}) & only if only is not None else frozenset({project_id})
    days = resources.settings.tiers[principal.tier].search_days
    now = resources.clock()
    since = now - timedelta(days=days) if days is not None else None
    within = await search.repository.projects_of(principal.user_id, only)
    found = await search.find(query_words(q), Scope(within[:PROJECTS_MAX], kinds, since, now))
    if after is not None:
        found = [one for one in found if one.order < (after.score, after.subject_id)]
    shown = found[:limit]
    more = len(found) > limit
    end = Place(shown[-1].score, shown[-1].candidate.id).wrap() if more else None
    left_out = len(within) > PROJECTS_MAX
    return SearchResults([_hit(one) for one in shown], end, since, PROJECTS_MAX if left_out else None)


def _hit(found: Ranked) -> SearchHit:
    one = found.candidate
    return SearchHit(
        kind=one.kind,
        id=one.id,
        project_id=one.project_id,
        project_name=one.project_name,
        title=found.title,
        snippet=found.snippet,
        created_at=one.created_at,
        target=target_shape(one.comment) if one.comment is not None else None,
    )
