"""The index finds what changed, reads nothing else, and never holds what must not be told."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import random
import shutil
import stat
import subprocess
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hivesync_agent.projects.ignore import Ignores
from hivesync_agent.projects.index.folder import Descent, OpenFolder
from hivesync_agent.projects.index.outcome import Outcome
from hivesync_agent.projects.index.rules import Rules
from hivesync_agent.projects.index.service import Indexes, IndexFailed, ProjectIndex
from hivesync_agent.projects.index.sieve import Sieve
from hivesync_agent.projects.index.store import IndexStore
from hivesync_agent.projects.index.sweep import Share, Sweep, is_real_folder
from hivesync_agent.projects.root import Roots
from hivesync_dev.project_files import write_files
from hypothesis import given
from hypothesis import strategies as st

LATER = 4_000_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index.sqlite3")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move the clock, as if all files were made long ago: a change time can't be set."""
    monkeypatch.setattr("hivesync_agent.projects.index.sweep.time.time", lambda: LATER)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose content is hashed."""
    names: list[str] = []
    hash_file = OpenFolder.hash

    def noted(self: OpenFolder, name: str) -> object:
        names.append(name)
        return hash_file(self, name)

    monkeypatch.setattr(OpenFolder, "hash", noted)
    return names


def sweep(root: Path, store: IndexStore, *, share: Share | None = None, own: Roots | None = None) -> Outcome:
    identities = own.own_identities() if own else frozenset()
    found = Sweep(root, store.load(), Rules(root, root, identities), share or Share()).all()
    store.apply(found.changed, found.gone)
    return found


def files(store: IndexStore) -> dict[str, str]:
    return {
        f"{folder}/{name}" if folder else name: digest.hex()
        for folder, row in store.pages(None)
        for name, _, digest in row.files()
    }


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


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


_PIECES = st.sampled_from(
    [*"ab.-*?!#/ B]", "[ab]", "[!a]", "[^b]", "[a/b]", "\\*", "\\ ", "x/", "**/", "ts", "/**", "/*"]
)
_PATTERN = st.lists(_PIECES, min_size=1, max_size=6).map("".join)
_NAME = st.text("abB.-ts x*]", min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..") and name.strip()
)


@given(
    patterns=st.lists(_PATTERN, max_size=4),
    name=_NAME,
    way=st.lists(st.sampled_from(["a", "b", "x", "ab", "ts"]), max_size=3),
    above=st.booleans(),
    is_folder=st.booleans(),
)
def test_the_sieve_never_lets_an_ignored_name_through(
    patterns: list[str],
    name: str,
    way: list[str],
    above: bool,
    is_folder: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    top = tmp_path_factory.mktemp("sieve")
    root = top / way[0] if above and way else top
    write_files(top, {".gitignore": "\n".join(patterns)})
    root.mkdir(exist_ok=True)
    rules = Rules(root, top, frozenset())
    in_force = rules.outer if root != top else rules.within(rules.outer, "", [".gitignore"])
    folder = "/".join(way[1:] if root != top else way)
    path = f"{folder}/{name}" if folder else name
    if Ignores(root, top).excludes(path, is_folder=is_folder):
        names = [name, "other"]
        assert name in in_force.sieve.caught("/".join(way), names)


def test_the_sieve_is_fine_enough_to_be_of_use() -> None:
    sieve = Sieve.of(["*.log", "/dist/", "*.test.[jt]s", ".*", "ab*z", "# *", "!*", "*tfstate*", "gen/*"])
    names = ["a.ts", "x.test.js", "dist", ".x", "abz", "z"]
    assert sieve.caught("src", names) == {"x.test.js", "dist", ".x", "abz"}
    assert sieve.caught("src", ["a.ts", "my.tfstate.1"]) == ["a.ts", "my.tfstate.1"]
    assert (sieve.caught("src/gen", names), sieve.caught("src/gen2", ["a.ts"])) == (names, ())


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
