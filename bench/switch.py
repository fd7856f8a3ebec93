"""A branch switch that changes every file of a watched project: until the index is right."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hivesync_agent.projects.index.service import Indexes, ProjectIndex
from hivesync_agent.projects.root import Roots
from hivesync_agent.projects.watch.watch import Watch
from hivesync_contract.local_projects import WatchMode
from hivesync_dev.branches import BRANCHES, git, hashes_of, make_branches

_LOOK_SECONDS = 0.1
_DEADLINE_SECONDS = 120.0


def measure_switch(folder: Path, files: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Give what git itself takes, and how long after it the index is right, or raise `TimeoutError`."""
    root = folder / "branches"
    root.mkdir(parents=True)
    make_branches(root, files)
    say(f"  a branch switch of {files:,} files")
    return asyncio.run(_switched(folder, root, files))


async def _switched(folder: Path, root: Path, files: int) -> dict[str, Any]:
    roots = Roots(Path.home())
    index = Indexes(folder / "index-switch", roots).of(await asyncio.to_thread(roots.find_folder, str(root)))
    watch = Watch(index, lambda _: None)
    task = asyncio.create_task(watch.run())
    try:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while watch.state.mode is not WatchMode.EVENTS:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(_LOOK_SECONDS)
            began = time.perf_counter()
            await asyncio.to_thread(git, root, "switch", "-q", BRANCHES[1])
            ended = time.perf_counter()
            right = ended
            while not await asyncio.to_thread(_is_right, index, root):
                await asyncio.sleep(_LOOK_SECONDS)
                right = time.perf_counter()
    finally:
        task.cancel()
        await asyncio.wait((task,))
    return {
        "switched_files": files,
        "switch_git_seconds": ended - began,
        "switch_index_seconds": right - ended,
    }


def _is_right(index: ProjectIndex, root: Path) -> bool:
    indexed = {
        f"{folder}/{name}": digest.hex()
        for folder, row in index.store.pages(None)
        for name, _, digest in row.files()
    }
    return indexed == hashes_of(root)
