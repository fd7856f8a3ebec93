"""A watched project tells of what changes in it, through bursts, lost events and limits."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hivesync_agent.projects.index.service import Changes, Indexes, ProjectIndex
from hivesync_agent.projects.root import Roots
from hivesync_agent.projects.watch.source import EventSource, MakeSource, Noticed
from hivesync_agent.projects.watch.tree import TreeSource
from hivesync_agent.projects.watch.watch import Pace, Watch, system_source
from hivesync_contract.local_projects import WatchMode
from hivesync_dev.branches import BRANCHES, git, hashes_of, make_branches
from hivesync_dev.project_files import write_files
from hivesync_dev.waiting import holds, until
from inotify_simple import INotify

PACE = Pace(
    between_sweeps_seconds=0.05, poll_seconds=0.05, poll_factor=1, limit_seconds=0.2, root_seconds=0.1
)


@dataclass
class Watching:
    """A watch that runs, and what it told."""

    index: ProjectIndex
    watch: Watch
    told: set[str] = field(default_factory=set)

    def changed(self, changes: Changes) -> None:
        self.told.update(changes.changed_files or ())

    async def has(self, wanted: dict[str, str]) -> bool:
        """Tell whether the index holds just these files with these hashes."""
        return await asyncio.to_thread(self._indexed) == wanted

    def _indexed(self) -> dict[str, str]:
        return {
            f"{folder}/{name}" if folder else name: digest.hex()
            for folder, row in self.index.store.pages(None)
            for name, _, digest in row.files()
        }


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux' own events and limits")


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
        await settled(watching)
        yield watching


async def settled(watching: Watching) -> None:
    """Wait until all of the project has been seen."""
    await holds(lambda: watching.watch.state.mode is WatchMode.EVENTS)
    await asyncio.sleep(0.3)
    watching.told.clear()


@contextlib.asynccontextmanager
async def started(
    project: Path, roots: Roots, tmp_path: Path, make_source: MakeSource, pace: Pace = PACE
) -> AsyncIterator[Watching]:
    write_files(project, {"a.ts": "one", "src/b.ts": "two", "node_modules/x/i.js": ""})
    target = await asyncio.to_thread(roots.find_folder, str(project))
    index = Indexes(tmp_path / "index", roots).of(target)
    told: list[Watching] = []
    watch = Watch(index, lambda changes: told[0].changed(changes), make_source=make_source, pace=pace)
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


@linux_only
async def test_a_save_in_place_is_told_at_once_and_a_replacement_when_it_is_over(
    project: Path, roots: Roots, tmp_path: Path
) -> None:
    patient = replace(PACE, quiet_seconds=60)
    async with started(project, roots, tmp_path, system_source, patient) as watching:
        await settled(watching)
        (project / "src" / "b.ts").write_text("TWO")
        await holds(lambda: "src/b.ts" in watching.told)
        (project / "a.ts").rename(project / "a.ts~")
        (project / "a.ts").write_text("ONE")
        await asyncio.sleep(0.3)
        assert watching.told == {"src/b.ts"}


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
    await asyncio.to_thread(make_branches, project, 1_000)
    for branch in reversed(BRANCHES):
        await asyncio.to_thread(git, project, "switch", "-q", branch)
        wanted = await asyncio.to_thread(hashes, project)
        assert await until(partial(watching.has, wanted))


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


@linux_only
async def test_more_events_than_the_system_keeps_lose_no_change(
    project: Path, roots: Roots, tmp_path: Path
) -> None:
    told: list[Noticed] = []

    def make(root: Path, notice: Callable[[Noticed], None]) -> EventSource:
        def note(noticed: Noticed) -> None:
            told.append(noticed)
            notice(noticed)

        return system_source(root, note)

    kept = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())  # noqa: ASYNC240
    async with started(project, roots, tmp_path, make) as watching:
        await holds(lambda: watching.watch.state.mode is WatchMode.EVENTS)
        # Nobody reads them meanwhile: this blocks the loop. The last change finds no place for its event.
        for number in range(kept + 1):
            os.utime(project / ("a.ts", "src/b.ts")[number % 2])
        (project / "src" / "b.ts").write_text("lost")
        assert not told
        await holds(lambda: any(each.everything for each in told))
        wanted = await asyncio.to_thread(hashes, project)
        assert await until(lambda: watching.has(wanted))


async def test_a_project_that_is_gone_is_waited_for(watching: Watching, project: Path) -> None:
    shutil.rmtree(project)
    await holds(lambda: "is not there" in watching.watch.state.reason)
    assert watching.watch.state.mode is WatchMode.POLLING
    await back_again(watching, project)


async def test_a_project_that_another_folder_replaces_is_watched(
    watching: Watching, project: Path, home: Path
) -> None:
    def replace() -> None:
        write_files(home / "other", {"a.ts": "another"})
        project.rename(home / "before")
        (home / "other").rename(project)

    await asyncio.to_thread(replace)
    await back_again(watching, project)


@linux_only
@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root may mount: run the tests as root"
)
async def test_what_is_mounted_over_a_project_is_watched(watching: Watching, project: Path) -> None:
    await asyncio.to_thread(mount, "mount", "-t", "tmpfs", "none", str(project))
    try:
        await back_again(watching, project)
    finally:
        await asyncio.to_thread(mount, "umount", str(project))
    watching.told.clear()
    wanted = await asyncio.to_thread(hashes, project)
    assert "src/b.ts" in wanted
    assert await until(lambda: watching.has(wanted))
    await back_again(watching, project)


async def back_again(watching: Watching, project: Path) -> None:
    """Expect that the folder which is at the project's path now is indexed, and watched from then on."""
    await asyncio.to_thread(write_files, project, {"lib/c.ts": "new"})
    wanted = await asyncio.to_thread(hashes, project)
    assert await until(lambda: watching.has(wanted))
    await holds(lambda: watching.watch.state.mode is WatchMode.EVENTS)
    (project / "lib" / "c.ts").write_text("saved")
    wanted = await asyncio.to_thread(hashes, project)
    assert await until(lambda: watching.has(wanted))


async def test_a_failed_pass_is_told_and_made_up_for(watching: Watching, project: Path) -> None:
    path = watching.index.store.path
    path.unlink()
    path.mkdir()
    (project / "a.ts").write_text("not indexed yet")
    await holds(lambda: "could not be indexed" in watching.watch.state.reason)
    path.rmdir()
    wanted = await asyncio.to_thread(hashes, project)
    assert await until(lambda: watching.has(wanted))
    await holds(lambda: watching.watch.state.mode is WatchMode.EVENTS)


@linux_only
@pytest.mark.parametrize(("number", "name"), [(errno.ENOSPC, "watches"), (errno.EMFILE, "instances")])
async def test_where_the_system_refuses_it_is_looked_now_and_then(
    project: Path, roots: Roots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, name: str
) -> None:
    add_watch, allowed = INotify.add_watch, [1]

    def refuse(self: INotify, *arguments: Any) -> int:
        if allowed[0] == 0:
            raise OSError(number, "no more")
        allowed[0] -= 1
        return int(add_watch(self, *arguments))

    monkeypatch.setattr(INotify, "add_watch", refuse)
    async with started(project, roots, tmp_path, system_source) as watching:
        await holds(lambda: watching.watch.state.mode is WatchMode.POLLING)
        assert f"max_user_{name}" in watching.watch.state.reason
        assert inotify_instances() == 0
        (project / "a.ts").write_text("polled")
        await holds(lambda: "a.ts" in watching.told)
        allowed[0] = 1_000
        await holds(lambda: watching.watch.state.mode is WatchMode.EVENTS)
        watching.told.clear()
        (project / "src" / "b.ts").write_text("told")
        await holds(lambda: "src/b.ts" in watching.told)


async def test_what_the_library_cannot_watch_is_polled(
    project: Path, roots: Roots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> AsyncIterator[None]:
        raise OSError("no more handles")
        yield

    with monkeypatch.context() as patch:
        patch.setattr("watchfiles.awatch", refuse)
        async with started(project, roots, tmp_path, TreeSource) as watching:
            await holds(lambda: "no more handles" in watching.watch.state.reason)
            assert watching.watch.state.mode is WatchMode.POLLING
            (project / "a.ts").write_text("polled")
            await holds(lambda: "a.ts" in watching.told)
            patch.undo()
            await holds(lambda: watching.watch.state.mode is WatchMode.EVENTS)


def hashes(project: Path) -> dict[str, str]:
    """Give what the index should hold."""
    return {path: each for path, each in hashes_of(project).items() if not path.startswith("node_modules/")}


def mount(*command: str) -> None:
    subprocess.run(command, check=True)


def inotify_instances() -> int:
    """Give how many inotify instances this process holds."""
    held = 0
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            held += os.readlink(each) == "anon_inode:inotify"
    return held
