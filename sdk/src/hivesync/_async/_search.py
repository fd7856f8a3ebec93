"""Search over projects, tasks and comments."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from hivesync_contract.search import SEARCH_LIMIT_MAX, SearchHit, SearchKind, SearchResults

from hivesync._async._resource import Resource


class AsyncSearch(Resource):
    """`client.search`."""

    async def find(
        self, text: str, *, kinds: Sequence[SearchKind] = (), project_id: str | None = None
    ) -> AsyncIterator[SearchHit]:
        """Give what matches, the best first, fetching pages as they are needed."""
        cursor: str | None = None
        while True:
            page = await self.page(text, kinds=kinds, project_id=project_id, cursor=cursor)
            for hit in page.items:
                yield hit
            cursor = page.next_cursor
            if cursor is None:
                return

    async def page(
        self,
        text: str,
        *,
        kinds: Sequence[SearchKind] = (),
        project_id: str | None = None,
        limit: int = SEARCH_LIMIT_MAX,
        cursor: str | None = None,
    ) -> SearchResults:
        """Give one page, which also says what was not searched."""
        types = ",".join(kinds) or None
        wanted = {"q": text, "types": types, "project_id": project_id, "limit": limit, "cursor": cursor}
        return await self._decoded("GET", "", SearchResults, params=wanted)
