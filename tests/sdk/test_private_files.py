"""A file is replaced in one step, and what a killed writer left does not stay behind."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hivesync.private_files import write_private


def unfinished(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave what a writer leaves that is killed before the last step."""

    def die(self: Path, target: Path) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", die)
        patched.setattr(Path, "unlink", lambda self, missing_ok: None)
        with pytest.raises(SystemExit):
            write_private(folder / "session.json", b"secret")
    (left,) = set(folder.iterdir()) - {folder / "session.json"}
    return left


def test_what_was_left_long_ago_goes_with_the_next_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = time.time() - 120
    left = unfinished(tmp_path, monkeypatch)
    os.utime(left, (long_ago, long_ago))
    write_private(tmp_path / "other.json", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["other.json"]


def test_what_is_being_written_is_let_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(tmp_path / "session.json", b"old")
    left = unfinished(tmp_path, monkeypatch)
    write_private(tmp_path / "other.json", b"new")
    assert left.read_bytes() == b"secret"
    assert (tmp_path / "session.json").read_bytes() == b"old"


def test_hidden_files_of_others_are_let_alone(tmp_path: Path) -> None:
    foreign = tmp_path / ".session.json.settings"
    foreign.write_bytes(b"")
    os.utime(foreign, (0, 0))
    write_private(tmp_path / "session.json", b"new")
    assert foreign.exists()
