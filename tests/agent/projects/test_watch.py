"""A watched project tells of what changes in it, through bursts, lost events and limits."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hivesync_agent.projects.index.service import Changes, Indexes, ProjectIndex
from hivesync_agent.projects.root import Roots
from hivesync_agent.projects.watch.source import MakeSource, Noticed
from hivesync_agent.projects.watch.tree import TreeSource
from hivesync_agent.projects.watch.watch import Pace, Watch, system_source
from hivesync_contract.local_projects import WatchMode
from hivesync_dev.project_files import write_files
from hivesync_dev.waiting import holds, until

PACE = Pace(between_sweeps_seconds=0.05, poll_seconds=0.05, poll_factor=1)


@dataclass
class Watching:
    """A watch that runs, and what it told."""

    index: ProjectIndex
    watch: Watch
    told: set[str] = field(default_factory=set)

    def changed(self, changes: Changes) -> None:
        self.told.update(changes.changed_files or ())


@pytest.fixture(params=["system", "tree"])
def make_source(request: pytest.FixtureRequest) -> MakeSource:
    """Linux' own events, and those of the library that macOS and Windows use."""
    return system_source if request.param == "system" else TreeSource


@pytest.fixture
async def watching(
    project: Path, roots: Roots, tmp_path: Path, make_source: MakeSource
) -> AsyncIterator[Watching]:
    """A watch of a small project that has seen all of it."""
    async with started(project, roots, tmp_path, make_source) as watching:
        await holds(lambda: watching.watch.state.mode is WatchMode.EVENTS)
        await asyncio.sleep(0.3)
        watching.told.clear()
        yield watching


@contextlib.asynccontextmanager
async def started(
    project: Path, roots: Roots, tmp_path: Path, make_source: MakeSource
) -> AsyncIterator[Watching]:
    write_files(project, {"a.ts": "one", "src/b.ts": "two", "node_modules/x/i.js": ""})
    target = await asyncio.to_thread(roots.find_folder, str(project))
    index = Indexes(tmp_path / "index", roots).of(target)
    told: list[Watching] = []
    watch = Watch(index, lambda changes: told[0].changed(changes), make_source=make_source, pace=PACE)
    told.append(Watching(index, watch))
    task = asyncio.create_task(watch.run())
    try:
        yield told[0]
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_saved_file_is_told(watching: Watching, project: Path) -> None:
    (project / "src" / "b.ts").write_text("TWO")
    await holds(lambda: "src/b.ts" in watching.told)
    assert watching.told == {"src/b.ts"}


async def test_an_editors_replacement_of_a_file_is_told(watching: Watching, project: Path) -> None:
    (project / ".b.swp").write_text("TWO")
    (project / ".b.swp").rename(project / "src" / "b.ts")
    await holds(lambda: "src/b.ts" in watching.told)


async def test_a_file_in_a_new_folder_is_told_also_later(watching: Watching, project: Path) -> None:
    write_files(project, {"new/deep/c.ts": "three"})
    await holds(lambda: "new/deep/c.ts" in watching.told)
    await asyncio.sleep(0.3)
    watching.told.clear()
    (project / "new" / "deep" / "c.ts").write_text("THREE")
    await holds(lambda: "new/deep/c.ts" in watching.told)


async def test_a_folder_that_is_replaced_is_watched_again(watching: Watching, project: Path) -> None:
    shutil.rmtree(project / "src")
    await holds(lambda: "src/b.ts" in watching.told)
    write_files(project, {"src/b.ts": "back"})
    await asyncio.sleep(0.5)
    watching.told.clear()
    (project / "src" / "b.ts").write_text("again")
    await holds(lambda: "src/b.ts" in watching.told)


async def test_ignored_files_are_not_told(watching: Watching, project: Path) -> None:
    write_files(project, {"node_modules/x/i.js": "changed", ".env": "S=1", "a.log": "x"})
    (project / "a.ts").write_text("ONE")
    await holds(lambda: "a.ts" in watching.told)
    assert watching.told == {"a.ts"}


async def test_a_branch_switch_is_indexed_to_the_last_file(watching: Watching, project: Path) -> None:
    wanted = {f"f{number % 40}/g{number}.ts" for number in range(2_000)}
    await asyncio.to_thread(write_files, project, dict.fromkeys(wanted, "x"))

    async def indexed() -> bool:
        folders = await asyncio.to_thread(watching.index.folders)
        return wanted <= set(await asyncio.to_thread(list, watching.index.files(folders)))

    assert await until(indexed)


@dataclass
class Scripted:
    """Events as a test wants them; `limit` makes the system refuse."""

    root: Path
    notice: Callable[[Noticed], None]
    watched: list[str] = field(default_factory=list)

    async def watch(self, folders: Any) -> frozenset[str]:
        self.watched = sorted(folders)
        return frozenset()

    async def close(self) -> None:
        self.watched = []


async def test_lost_events_cost_a_sweep_and_nothing_else(project: Path, roots: Roots, tmp_path: Path) -> None:
    sources: list[Scripted] = []

    def make(root: Path, notice: Callable[[Noticed], None]) -> Scripted:
        sources.append(Scripted(root, notice))
        return sources[0]

    async with started(project, roots, tmp_path, make) as watching:
        await holds(lambda: watching.watch.state.mode is WatchMode.EVENTS)
        assert sources[0].watched == ["", "src"]
        (project / "a.ts").write_text("ONE")
        sources[0].notice(Noticed(frozenset(), everything=True))
        await holds(lambda: "a.ts" in watching.told)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux limits the number of watched folders")
@pytest.mark.parametrize(("number", "name"), [(errno.ENOSPC, "watches"), (errno.EMFILE, "instances")])
async def test_where_the_system_refuses_it_is_looked_now_and_then(
    project: Path, roots: Roots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, name: str
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, "no more")

    monkeypatch.setattr("inotify_simple.INotify.add_watch", refuse)
    async with started(project, roots, tmp_path, system_source) as watching:
        await holds(lambda: watching.watch.state.mode is WatchMode.POLLING)
        assert f"max_user_{name}" in watching.watch.state.reason
        (project / "a.ts").write_text("polled")
        await holds(lambda: "a.ts" in watching.told)
