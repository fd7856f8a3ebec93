"""The index never holds what must not be told, and no link leads it out of the project."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hivesync_agent.projects.index.folder import Descent
from hivesync_agent.projects.index.store import IndexStore
from hivesync_agent.projects.index.sweep import is_real_folder
from hivesync_agent.projects.root import Roots
from hivesync_dev.project_files import write_files

from .sweeps import files, sha256, sweep


def test_links_are_followed_inside_the_project_only(
    project: Path, home: Path, store: IndexStore, roots: Roots
) -> None:
    write_files(home, {"secret.txt": "out"})
    write_files(project, {"real/a.ts": "in", ".env": "S=1"})
    (project / "alias.ts").symlink_to("real/a.ts")
    (project / "out.txt").symlink_to(home / "secret.txt")
    (project / "env.txt").symlink_to(".env")
    (project / "loop").symlink_to(project, target_is_directory=True)
    (project / "self").symlink_to("self")
    sweep(project, store, own=roots)
    assert set(files(store)) == {"real/a.ts", "alias.ts"}
    (project / "real" / "a.ts").write_text("changed")
    sweep(project, store, own=roots)
    assert files(store)["alias.ts"] == sha256("changed")


def test_a_folder_swapped_for_a_link_is_not_entered(project: Path, home: Path) -> None:
    write_files(home, {"outside/b.ts": "secret"})
    write_files(project, {"a/b/b.ts": "in", "c/b.ts": "in"})
    with contextlib.closing(Descent(project)) as descent:
        assert descent.to("a/b").hash("b.ts") is not None
        for swapped in ("a/b", "c"):
            shutil.rmtree(project / swapped)
            (project / swapped).symlink_to(home / "outside", target_is_directory=True)
        descent.to("")
        for swapped in ("a/b", "c"):
            with pytest.raises(OSError, match=r"Not a directory|Too many"):
                descent.to(swapped)
        assert descent.to("").listing().folders == ["a"]


def test_the_way_to_a_folder_is_opened_once_and_closed_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(project, {f"a/b/c{number}/f.ts": str(number) for number in range(20)})
    opened, open_file = [], os.open

    def noted(path: Any, *args: Any, **more: Any) -> int:
        opened.append(path)
        return open_file(path, *args, **more)

    monkeypatch.setattr(os, "open", noted)
    before = len(os.listdir("/dev/fd"))
    with contextlib.closing(Descent(project)) as descent:
        for number in range(20):
            assert descent.to(f"a/b/c{number}").listing().files == ["f.ts"]
            assert len(os.listdir("/dev/fd")) - before == 4
    assert opened == [project, "a", "b", *(f"c{number}" for number in range(20))]
    assert len(os.listdir("/dev/fd")) == before


def test_windows_junctions_are_links_and_no_folders() -> None:
    folder = SimpleNamespace(st_mode=stat.S_IFDIR)
    junction = SimpleNamespace(st_mode=stat.S_IFDIR, st_reparse_tag=0xA0000003)
    cloud_file = SimpleNamespace(st_mode=stat.S_IFDIR, st_reparse_tag=0x9000001A)
    told = [is_real_folder(cast("os.stat_result", each)) for each in (folder, junction, cloud_file)]
    assert told == [True, False, True]


@pytest.mark.usefixtures("later")
def test_a_link_is_followed_as_soon_as_it_leads_somewhere(project: Path, store: IndexStore) -> None:
    write_files(project, {"app/a.ts": "one"})
    (project / "app" / "b.ts").symlink_to("../real.ts")
    sweep(project, store)
    assert set(files(store)) == {"app/a.ts"}
    write_files(project, {"real.ts": "two"})
    sweep(project, store)
    assert files(store)["app/b.ts"] == sha256("two")


def test_our_own_folders_are_never_indexed(
    home: Path, own_folder: Path, store: IndexStore, roots: Roots
) -> None:
    write_files(home / ".local", {".hivesyncignore": "!*\n"})
    sweep(home / ".local", store, own=roots)
    assert own_folder.is_dir()
    assert files(store) == {".hivesyncignore": sha256("!*\n")}


def test_pipes_keys_and_unreadable_files_are_left_out(project: Path, store: IndexStore) -> None:
    write_files(project, {"key.json": '"-----BEGIN PRIVATE KEY-----"', "closed.ts": "x", "a.ts": "one"})
    os.mkfifo(project / "pipe.ts")
    (project / "closed.ts").chmod(0)
    sweep(project, store)
    # Root reads everything, so there the closed file is as any other.
    assert set(files(store)) - {"closed.ts"} == {"a.ts"}
    assert set(store.skipped(10)) - {"closed.ts"} == {"key.json"}


def test_names_that_cannot_be_told_are_left_out(project: Path, store: IndexStore) -> None:
    write_files(project, {"a.ts": "one", "A.ts": "ONE"})
    Path(os.fsdecode(os.fsencode(project) + b"/\xff.ts")).write_text("x")
    (project / "new\nline.ts").write_text("x")
    sweep(project, store)
    assert set(files(store)) == {"a.ts", "A.ts"}
