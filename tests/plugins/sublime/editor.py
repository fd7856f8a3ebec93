"""Sublime Text, as far as it can run here: the fake host in its own process, driven like a person would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hivesync_dev.waiting import end_of

_HOST = Path(__file__).parent / "host" / "host.py"
_SECONDS = 15.0
_POLL_SECONDS = 0.03


class Editor:
    """One window with one folder."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def do(self, do: str, **more: Any) -> Any:
        """Do one thing and give what comes of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **more}).encode() + b"\n")
        line = await asyncio.wait_for(self._process.stdout.readline(), _SECONDS)
        answer = json.loads(line)
        assert "failed" not in answer, answer["failed"]
        return answer["told"]

    async def run(self, command: str, **arguments: Any) -> None:
        """Choose a command of the palette."""
        await self.do("run", command=command, args=arguments or None)

    async def see(self, until: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Look until what is awaited is there; give all that is seen."""
        end = asyncio.get_running_loop().time() + _SECONDS
        while True:
            seen: dict[str, Any] = await self.do("see")
            if until(seen):
                return seen
            assert asyncio.get_running_loop().time() < end, seen
            await asyncio.sleep(_POLL_SECONDS)

    async def sees_status(self, text: str) -> dict[str, Any]:
        """Wait for words in the status bar."""
        return await self.see(lambda seen: text in (seen["status"] or ""))

    async def is_told(self, text: str) -> dict[str, Any]:
        """Wait for a message below the text."""
        return await self.see(lambda seen: any(text in told for told in seen["shown"]["status"]))


@asynccontextmanager
async def run_editor(
    python: Path, package: Path, environ: Mapping[str, str], folder: Path
) -> AsyncIterator[Editor]:
    """Start the editor with a folder; at the end no rule was broken and no thread is left."""
    process = await asyncio.create_subprocess_exec(
        *(str(python), "-B", "-W", "error", str(_HOST), str(package)),
        env=environ,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=64 * 1024 * 1024,
    )
    editor = Editor(process)
    try:
        await editor.do("window", folders=[str(folder)])
        yield editor
        threads, broken = await editor.do("unload"), (await editor.do("see"))["broken"]
        assert threads == ["MainThread", "keyboard"], threads
        assert broken == [], broken
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(end_of(process), _SECONDS)
