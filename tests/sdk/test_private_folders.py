"""Folders and files for secrets are the user's alone, whatever the umask and whoever was there before."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hivesync.private_files import FolderNotPrivate, private_folder, write_private
from hivesync_dev.other_user import OTHER_UID, require_root

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")


@pytest.fixture(autouse=True)
def lax_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folders_above_it_that_were_missing_are_private_too(tmp_path: Path) -> None:
    write_private(tmp_path / "a" / "b" / "c" / "file", b"secret")
    assert [mode(tmp_path / each) for each in ("a", "a/b", "a/b/c", "a/b/c/file")] == [0o700] * 3 + [0o600]


def test_a_folder_that_was_there_is_tightened_and_those_above_it_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "shared" / "run"
    folder.mkdir(parents=True)
    private_folder(folder)
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o777)


def test_a_link_of_another_user_is_not_followed_to_a_folder_of_ours(tmp_path: Path) -> None:
    require_root()
    ours = tmp_path / "ours"
    ours.mkdir()
    link = tmp_path / "link"
    link.symlink_to(ours)
    assert private_folder(link) == link
    os.lchown(link, OTHER_UID, OTHER_UID)
    with pytest.raises(FolderNotPrivate, match="belongs to another user"):
        private_folder(link)
