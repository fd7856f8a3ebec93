"""Names in the index: composed or not, in upper or lower case, and as long as a disk takes them."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from hivesync_agent.projects.admission import manifest_path
from hivesync_agent.projects.index.service import Indexes, ProjectIndex
from hivesync_agent.projects.root import Roots
from hivesync_dev.project_files import write_files


@pytest.fixture
def index(project: Path, roots: Roots, tmp_path: Path) -> ProjectIndex:
    return Indexes(tmp_path / "index", roots).of(roots.find_folder(str(project)))


async def told(index: ProjectIndex) -> list[str]:
    """Give the paths as they are told to clients."""

    def paths() -> list[str]:
        return list(map(manifest_path, index.files(index.folders())))

    return await asyncio.to_thread(paths)


async def test_names_are_kept_as_the_disk_has_them_and_told_composed(
    project: Path, index: ProjectIndex
) -> None:
    write_files(project, {"cafe\u0301/u\u0308.ts": "one", "caf\u00e9.ts": "two", "\U0001f41d.ts": "three"})
    await index.refresh()
    assert await told(index) == ["caf\u00e9.ts", "\U0001f41d.ts", "caf\u00e9/\u00fc.ts"]
    (project / "cafe\u0301" / "u\u0308.ts").write_text("changed")
    changes = await index.refresh_folders({"cafe\u0301"})
    assert changes is not None
    assert changes.changed_files == ["cafe\u0301/u\u0308.ts"]


async def test_names_that_differ_in_case_only_are_two_files_where_the_disk_says_so(
    project: Path, index: ProjectIndex
) -> None:
    write_files(project, {"a.ts": "one", "A.ts": "two", "Src/b.ts": "three", "src/b.ts": "four"})
    await index.refresh()
    assert sorted(await told(index)) == ["A.ts", "Src/b.ts", "a.ts", "src/b.ts"]


@pytest.mark.parametrize("list_name", [".gitignore", ".hivesyncignore"])
async def test_ignore_lists_and_secrets_by_case(project: Path, index: ProjectIndex, list_name: str) -> None:
    """Lists mean the case they are written in, as git's do on Linux; secrets are kept in any case."""
    write_files(project, {list_name: "Private/\nx.ts\n", "Private/a.ts": "", "private/a.ts": "", "X.ts": ""})
    write_files(project, {"x.ts": "", "ID_RSA": "", "Secrets.JSON": "", ".ENV": ""})
    await index.refresh()
    assert [path for path in await told(index) if path != list_name] == ["X.ts", "private/a.ts"]
    assert sorted(await asyncio.to_thread(index.store.skipped, 10)) == [".ENV", "ID_RSA", "Secrets.JSON"]


async def test_long_names_and_paths_are_indexed(project: Path, index: ProjectIndex) -> None:
    name = "n" * 251 + ".ts"
    deep = "/".join(["d" * 60] * 40)
    write_files(project, {name: "one", f"{deep}/{name}": "two"})
    await index.refresh()
    assert await told(index) == [name, f"{deep}/{name}"]
    (project / deep / name).write_text("changed")
    changes = await index.refresh_folders({deep})
    assert changes is not None
    assert changes.changed_files == [f"{deep}/{name}"]


@pytest.fixture
def endless(project: Path) -> Path:
    """A chain of folders longer than the system takes in one path."""
    project.mkdir(exist_ok=True)
    top = os.open(project, os.O_RDONLY)
    folder = top
    for _ in range(80):
        os.mkdir("e" * 100, dir_fd=folder)
        inner = os.open("e" * 100, os.O_RDONLY, dir_fd=folder)
        if folder != top:
            os.close(folder)
        folder = inner
    os.close(os.open("deepest.ts", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    os.close(top)
    return project


async def test_what_is_longer_than_a_path_may_be_hinders_nothing_else(
    endless: Path, index: ProjectIndex
) -> None:
    write_files(endless, {"a.ts": "one"})
    await index.refresh()
    assert "a.ts" in await told(index)
    (endless / "a.ts").write_text("two")
    assert (await index.refresh()).changed_files == ["a.ts"]
