"""The index finds what changed, and reads nothing else."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest
from hivesync_agent.projects.index.rules import Rules
from hivesync_agent.projects.index.store import IndexStore
from hivesync_agent.projects.index.sweep import Share, Sweep
from hivesync_dev.project_files import write_files

from .sweeps import files, sha256, sweep


def test_it_holds_the_hash_of_every_admitted_file(project: Path, store: IndexStore) -> None:
    write_files(project, {"a.ts": "one", "src/deep/b.kt": "two", "node_modules/x/i.js": "", ".env": "S=1"})
    sweep(project, store)
    assert files(store) == {"a.ts": sha256("one"), "src/deep/b.kt": sha256("two")}
    assert store.skipped(10) == [".env"]


@pytest.mark.usefixtures("later")
def test_a_second_pass_reads_nothing_and_changes_nothing(
    project: Path, store: IndexStore, reads: list[str]
) -> None:
    write_files(project, {"a.ts": "one", "src/b.ts": "two"})
    assert sweep(project, store).files == 2
    reads.clear()
    again = sweep(project, store)
    assert (again.files, again.changed, again.changed_files, reads) == (2, {}, [], [])


@pytest.mark.usefixtures("later")
def test_only_the_saved_file_is_read_again(project: Path, store: IndexStore, reads: list[str]) -> None:
    write_files(project, {"a.ts": "one", "b.ts": "two"})
    sweep(project, store)
    reads.clear()
    (project / "b.ts").write_text("TWO")
    assert sweep(project, store).changed_files == ["b.ts"]
    assert (reads, files(store)["b.ts"]) == (["b.ts"], sha256("TWO"))


def test_a_file_saved_within_the_clocks_tick_is_read_again(
    project: Path, store: IndexStore, reads: list[str]
) -> None:
    write_files(project, {"a.ts": "one"})
    sweep(project, store)
    info = (project / "a.ts").stat()
    (project / "a.ts").write_text("ONE")
    os.utime(project / "a.ts", ns=(info.st_atime_ns, info.st_mtime_ns))
    reads.clear()
    sweep(project, store)
    assert (reads, files(store)["a.ts"]) == (["a.ts"], sha256("ONE"))


def test_what_was_saved_just_now_is_read_twice(project: Path, store: IndexStore, reads: list[str]) -> None:
    write_files(project, {"a.ts": "one"})
    sweep(project, store)
    assert sweep(project, store).changed_count == 0
    assert reads == ["a.ts", "a.ts"]


@pytest.mark.usefixtures("later")
def test_what_was_saved_and_saved_back_is_no_change_but_was_read(project: Path, store: IndexStore) -> None:
    write_files(project, {"a.ts": "one"})
    sweep(project, store)
    write_files(project, {"a.ts": "two"})
    write_files(project, {"a.ts": "one"})
    found = sweep(project, store)
    assert (found.changed_count, found.read) == (0, 1)


def test_files_and_folders_come_and_go(project: Path, store: IndexStore) -> None:
    write_files(project, {"a.ts": "one", "old/b.ts": "two", "old/c.ts": "three"})
    sweep(project, store)
    (project / "a.ts").rename(project / "z.ts")
    (project / "old").rename(project / "new")
    found = sweep(project, store)
    assert set(files(store)) == {"z.ts", "new/b.ts", "new/c.ts"}
    assert set(found.changed_files) == {
        "a.ts",
        "z.ts",
        *(f"{x}/{y}.ts" for x in ("old", "new") for y in "bc"),
    }


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("name", [".gitignore", ".hivesyncignore"])
def test_a_changed_ignore_list_is_obeyed_below_it(project: Path, store: IndexStore, name: str) -> None:
    write_files(project, {"a.ts": "", "src/a.ts": "", "src/x/a.ts": "", f"src/{name}": "b.ts\n"})
    sweep(project, store)
    assert "src/x/a.ts" in files(store)
    (project / "src" / name).write_text("a.ts\n")
    sweep(project, store)
    assert set(files(store)) == {"a.ts"}


def test_a_list_above_the_project_is_obeyed(project: Path, store: IndexStore) -> None:
    write_files(
        project, {".gitignore": "app/gen/*\n/app/b.*\n", "app/gen/a.ts": "", "app/b.ts": "", "app/c.ts": ""}
    )
    root = project / "app"
    found = Sweep(root, {}, Rules(root, project, frozenset()), Share()).all()
    assert [name for row in found.changed.values() for name in row.names] == ["c.ts"]


def test_a_folder_that_is_gone_is_an_empty_index(project: Path, store: IndexStore) -> None:
    write_files(project, {"a.ts": "one"})
    sweep(project, store)
    (project / "a.ts").unlink()
    project.rmdir()
    assert sweep(project, store).changed_files == ["a.ts"]
    assert files(store) == {}


@pytest.mark.parametrize("damage", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\1" * 4000])
def test_a_damaged_index_costs_only_time(project: Path, store: IndexStore, damage: bytes) -> None:
    write_files(project, {"a.ts": "one"})
    store.path.write_bytes(damage)
    sweep(project, store)
    assert files(store) == {"a.ts": sha256("one")}


def test_shares_together_find_what_one_finds(project: Path, store: IndexStore, tmp_path: Path) -> None:
    write_files(project, {f"f{a}/g{b}/x.ts": f"{a}{b}" for a in range(5) for b in range(5)})
    parts = [sweep(project, store, share=Share(number, 3)) for number in range(3)]
    assert sum(part.files for part in parts) == 25
    whole = IndexStore(tmp_path / "whole.sqlite3")
    sweep(project, whole)
    assert files(store) == files(whole)
    assert [each for number in range(3) for each in sweep(project, store, share=Share(number, 3)).gone] == []


def test_it_agrees_with_git_about_what_is_ignored(project: Path, store: IndexStore) -> None:
    dice = random.Random(7)  # noqa: S311 - to vary, not to hide
    names = ["a.ts", "b.tsx", "keep.md", "tmp", "x.gen.ts"]
    lists = ["*.gen.ts\n", "tmp\n!a.ts\n", "/b.tsx\n", "**/keep.md\n", "f1/\n", "[ab].ts*\n", "f0/**\n"]
    for a in range(4):
        for b in range(3):
            write_files(project, {f"d{a}/f{b}/{name}": name for name in names})
        write_files(
            project, {f"d{a}/.gitignore": dice.choice(lists), f"d{a}/f2/.gitignore": dice.choice(lists)}
        )
    subprocess.run(["git", "init", "-q", project], check=True)
    asked = ["git", "-C", str(project), "ls-files", "-o", "--exclude-standard"]
    shown = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    sweep(project, store)
    assert set(files(store)) == {path for path in shown if not path.endswith(".gitignore")}
