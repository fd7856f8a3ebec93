"""A browser on the backend's pages, without its looks."""

from __future__ import annotations

import re

import httpx
from hivesync_dev.servers.backend_user import PASSWORD


class Browser:
    """Keeps cookies, sends the hidden fields of the page it last saw."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.csrf = ""

    async def open(self, path: str) -> httpx.Response:
        return self._seen(await self.client.get(path))

    async def send(self, path: str, **fields: str) -> httpx.Response:
        return self._seen(await self.client.post(path, data={"csrf": self.csrf, **fields}))

    async def sign_in(self, user_code: str, password: str = PASSWORD) -> httpx.Response:
        await self.open(f"/device?user_code={user_code}")
        return await self.send("/device/sign-in", login="ann", password=password, user_code=user_code)

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if found := re.search(r'name="csrf" value="([0-9a-f]+)"', answer.text):
            self.csrf = found.group(1)
        return answer
