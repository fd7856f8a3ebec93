"""The digest cache saves reading, and never a wrong hash."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest
from hivesync_agent.projects.confined import open_inside
from hivesync_agent.projects.digests import DigestCache
from hivesync_agent.projects.snapshot import hash_files
from hivesync_dev.project_files import write_files


@pytest.fixture
def cache(tmp_path: Path) -> DigestCache:
    return DigestCache(tmp_path / "state" / "digests.sqlite3")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A change time can't be set: so the clock is moved, as if all files were made long ago.
    monkeypatch.setattr("hivesync_agent.projects.digests.time.time", lambda: 4_000_000_000.0)
    return write_files(tmp_path / "project", {"a.ts": "one", "b.ts": "two"})


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose content is read."""
    names: list[str] = []

    def noted(root: Path, relative: str) -> object:
        names.append(relative)
        return open_inside(root, relative)

    monkeypatch.setattr("hivesync_agent.projects.snapshot.open_inside", noted)
    return names


def hashes(root: Path, cache: DigestCache, distrusted: tuple[str, ...] = ()) -> dict[str, str]:
    names = {path.name: path.name for path in root.iterdir()}
    found = hash_files(root, names, cache, distrusted)
    return {file.entry.path: file.entry.sha256 for file in found.files}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_unchanged_files_are_read_once(root: Path, cache: DigestCache, reads: list[str]) -> None:
    first = hashes(root, cache)
    assert first == {"a.ts": sha256("one"), "b.ts": sha256("two")}
    reads.clear()
    assert hashes(root, cache) == first
    assert reads == []


def test_only_the_saved_file_is_read_again(root: Path, cache: DigestCache, reads: list[str]) -> None:
    hashes(root, cache)
    reads.clear()
    (root / "a.ts").write_text("changed")
    assert hashes(root, cache)["a.ts"] == sha256("changed")
    assert reads == ["a.ts"]


def test_a_change_of_equal_size_with_its_time_set_back_is_seen(root: Path, cache: DigestCache) -> None:
    before = (root / "a.ts").stat()
    hashes(root, cache)
    (root / "a.ts").write_text("ONE")
    os.utime(root / "a.ts", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert hashes(root, cache)["a.ts"] == sha256("ONE")


def test_a_file_renamed_over_another_is_seen(root: Path, cache: DigestCache) -> None:
    hashes(root, cache)
    write_files(root.parent, {"new.ts": "NEW"})
    (root.parent / "new.ts").rename(root / "a.ts")
    assert hashes(root, cache)["a.ts"] == sha256("NEW")


def test_a_file_saved_just_now_is_not_remembered(
    root: Path, cache: DigestCache, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = (root / "a.ts").stat().st_ctime
    monkeypatch.setattr("hivesync_agent.projects.digests.time.time", lambda: now + 0.5)
    hashes(root, cache)
    reads.clear()
    hashes(root, cache)
    assert sorted(reads) == ["a.ts", "b.ts"]


def test_a_distrusted_file_is_read_again(root: Path, cache: DigestCache, reads: list[str]) -> None:
    hashes(root, cache)
    reads.clear()
    hashes(root, cache, ("b.ts",))
    assert reads == ["b.ts"]


def test_projects_do_not_share_entries(root: Path, cache: DigestCache) -> None:
    hashes(root, cache)
    other = write_files(root.parent / "other", {"a.ts": "three"})
    assert hashes(other, cache) == {"a.ts": sha256("three")}
    assert set(cache.load(root)) == {"a.ts", "b.ts"}


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 100, b"SQLite format 3\0" + b"\1" * 4000])
def test_a_damaged_cache_costs_only_time(
    root: Path, cache: DigestCache, tmp_path: Path, damage: bytes, reads: list[str]
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "digests.sqlite3").write_bytes(damage)
    assert hashes(root, cache)["a.ts"] == sha256("one")
    hashes(root, cache)
    reads.clear()
    hashes(root, cache)
    assert reads == []


def test_a_cache_that_cannot_be_written_fails_no_preview(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = DigestCache(tmp_path / "file" / "digests.sqlite3")
    assert hashes(root, cache)["a.ts"] == sha256("one")


def test_the_cache_is_for_its_user_alone_and_forgets(
    root: Path, cache: DigestCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes(root, cache)
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0
    monkeypatch.setattr("hivesync_agent.projects.digests.time.time", lambda: 4_100_000_000.0)
    hashes(write_files(root.parent / "other", {"c.ts": ""}), cache)
    with sqlite3.connect(tmp_path / "state" / "digests.sqlite3") as connection:
        rows = connection.execute("SELECT DISTINCT root FROM digests").fetchall()
    connection.close()
    assert rows == [(str(root.parent / "other"),)]
