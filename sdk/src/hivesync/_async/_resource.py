"""What all resources of the backend do: ask, decode, walk through pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

from hivesync_contract.pages import LIMIT_MAX, Page

from hivesync._async._router import Router
from hivesync._call import new_call
from hivesync._response import Response

Shape = TypeVar("Shape")
Params = Mapping[str, str | int | None]


class Resource:
    """A part of the API below `base`. Every call raises what `hivesync._errors` draws."""

    def __init__(self, router: Router, base: str) -> None:
        self._router = router
        self._base = base

    async def _items(
        self,
        path: str,
        shape: type[Shape],
        params: Params | None = None,
        *,
        page_size: int = LIMIT_MAX,
        directly: bool = False,
    ) -> AsyncIterator[Shape]:
        """Give every item of a list, fetching pages as they are needed."""
        cursor: str | None = None
        page_of: Any = Page[shape]  # type: ignore[valid-type]
        send = self._router.send_direct if directly else self._router.send
        while True:
            wanted = {**(params or {}), "limit": page_size, "cursor": cursor}
            answer = await send(new_call("GET", self._base + path, params=wanted))
            page = answer.raise_for_status().decode(page_of)
            for item in page.items:
                yield item
            cursor = page.next_cursor
            if cursor is None:
                return

    async def _decoded(
        self,
        method: str,
        path: str,
        shape: type[Shape],
        body: Any = None,
        *,
        params: Params | None = None,
        if_match: str | None = None,
    ) -> Shape:
        return (await self._sent(method, path, body, params=params, if_match=if_match)).decode(shape)

    async def _sent(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Params | None = None,
        if_match: str | None = None,
    ) -> Response:
        headers = {"If-Match": if_match} if if_match else None
        call = new_call(method, self._base + path, body=body, params=params, headers=headers)
        return (await self._router.send(call)).raise_for_status()

    async def _directly(self, method: str, path: str, shape: type[Shape], body: Any = None) -> Shape:
        """Ask the backend itself with this machine's session: what the agent does not relay."""
        return (await self._sent_directly(method, path, body)).decode(shape)

    async def _sent_directly(self, method: str, path: str, body: Any = None) -> Response:
        call = new_call(method, self._base + path, body=body)
        return (await self._router.send_direct(call)).raise_for_status()

    async def _sent_publicly(self, path: str, body: Any) -> Response:
        """Ask the backend itself with no token at all."""
        call = new_call("POST", self._base + path, body=body)
        return (await self._router.send_public(call)).raise_for_status()
