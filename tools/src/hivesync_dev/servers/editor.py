"""An editor that changes things through an agent, whether the backend is there or not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.fake_identity import EMAIL, PASSWORD
from hivesync_dev.waiting import holds, until

PROJECT = "/api/v1/projects/0199c1b2-0000-7000-8000-0000000000aa"
FAVORITE = f"{PROJECT}/favorite"


@dataclass(slots=True)
class Editor:
    """One client of one agent."""

    running: RunningAgent

    async def send(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Make a call; give status and decoded answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = self.running.url + path
        async with self.running.http.request(method, url, json=body, headers=named) as answer:
            text = await answer.text()
            return answer.status, await answer.json(content_type=None) if text else {}

    async def rename(self, name: str, path: str = PROJECT, **headers: str) -> tuple[int, dict[str, Any]]:
        """Rename a project."""
        return await self.send("PATCH", path, {"name": name}, **headers)

    async def operations(self) -> list[dict[str, Any]]:
        """Give what waits and what came back."""
        _, page = await self.send("GET", "/v1/operations")
        items: list[dict[str, Any]] = page["items"]
        return items

    async def settled(self, **counts: int) -> list[dict[str, Any]]:
        """Wait until there are so many operations of each state, and give them."""

        async def look() -> tuple[list[dict[str, Any]]] | None:
            operations = await self.operations()
            states = Counter(operation["state"] for operation in operations)
            return (operations,) if states == Counter(counts) else None

        found = await until(look)
        return found[0] if found else []

    async def sign_in(self) -> None:
        """Sign in, as soon as the backend is back, and wait until the agent knows whom."""

        async def signed_in() -> bool:
            status, _ = await self.send("POST", "/v1/session/login", {"login": EMAIL, "password": PASSWORD})
            return status == 200

        await until(signed_in)
        await holds(lambda: self.running.agent.operations.owner.known is not None)
