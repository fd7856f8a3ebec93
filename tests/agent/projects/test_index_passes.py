"""Passes over a project in processes of their own, and what they cost while nobody asks."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from hivesync_agent.projects.index.service import Indexes, IndexFailed, ProjectIndex
from hivesync_agent.projects.root import Roots
from hivesync_dev.project_files import write_files


@pytest.fixture
def unread(project: Path, roots: Roots, tmp_path: Path) -> ProjectIndex:
    """An index of the project that has seen nothing yet."""
    return Indexes(tmp_path / "index", roots).of(roots.find_folder(str(project)))


async def test_processes_bring_a_project_up_to_date(project: Path, unread: ProjectIndex) -> None:
    write_files(project, {f"f{number}/a.ts": str(number) for number in range(8)})
    assert (await unread.refresh()).files == 8
    (project / "f3" / "a.ts").write_text("new")
    assert (await unread.refresh()).changed_files == ["f3/a.ts"]
    assert unread.store.path.parent.stat().st_mode & 0o077 == 0


async def test_a_pass_that_fails_says_so_and_the_log_why(
    project: Path, unread: ProjectIndex, caplog: pytest.LogCaptureFixture
) -> None:
    write_files(project, {f"f{number}/a.ts": str(number) for number in range(8)})
    unread.store.path.mkdir(parents=True)
    with pytest.raises(IndexFailed, match="log has the reason"):
        await unread.refresh()
    assert "unable to open database file" in str([vars(record).get("reason") for record in caplog.records])
    unread.store.path.rmdir()
    assert (await unread.refresh()).files == 8


async def test_a_few_folders_are_looked_at_alone(index: ProjectIndex, project: Path) -> None:
    (project / "src" / "a.ts").write_text("new")
    (project / "b.ts").write_text("not asked about")
    changes = await index.refresh_folders({"src"})
    assert changes is not None
    assert changes.changed_files == ["src/a.ts"]


@pytest.mark.parametrize("change", ["folder", "list", "unknown"])
async def test_more_than_a_few_files_take_a_whole_pass(
    index: ProjectIndex, project: Path, change: str
) -> None:
    asked = {"src"}
    if change == "folder":
        (project / "src" / "new").mkdir()
    elif change == "list":
        (project / "src" / ".gitignore").write_text("a.ts\n")
    else:
        asked = {"elsewhere"}
    assert await index.refresh_folders(asked) is None


@pytest.fixture
async def index(project: Path, unread: ProjectIndex) -> ProjectIndex:
    """An index of a project with a file in a folder, up to date."""
    write_files(project, {"src/a.ts": "one", "b.ts": "two"})
    await unread.refresh()
    return unread


def test_an_index_that_nobody_uses_is_not_held_in_memory(project: Path, tmp_path: Path, roots: Roots) -> None:
    indexes, target = Indexes(tmp_path / "index", roots), roots.find_folder(str(project))
    index = indexes.of(target)
    assert indexes.of(target) is index
    unused = weakref.ref(index)
    del index
    gc.collect()
    assert unused() is None
