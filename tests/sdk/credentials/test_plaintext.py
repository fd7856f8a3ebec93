"""The file store: private from its first byte, never torn, and not fooled by what others put there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hivesync.credentials import Account, KeychainUnavailable, choose_store, new_session
from hivesync.credentials.plaintext import PlaintextStore
from hivesync.locations import Locations
from hivesync.preferences import Preferences
from hivesync_contract.keychain import SessionStore

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
SESSION = new_session("r1", "u1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "session.json"


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_file_and_folder_are_private(path: Path) -> None:
    PlaintextStore(path).save(SESSION)
    assert (mode_of(path), mode_of(path.parent)) == (0o600, 0o700)
    assert PlaintextStore(path).load() == SESSION


def test_a_generous_umask_changes_nothing(path: Path) -> None:
    before = os.umask(0)
    try:
        PlaintextStore(path).save(SESSION)
    finally:
        os.umask(before)
    assert (mode_of(path), mode_of(path.parent)) == (0o600, 0o700)


def test_the_file_is_private_before_it_holds_anything(path: Path) -> None:
    """strace would show the same; here every write is watched from inside the process."""
    program = f"""
import os, stat, sys
from pathlib import Path
from hivesync.credentials import new_session
from hivesync.credentials.plaintext import PlaintextStore
modes = set()
def watch(event, arguments):
    if event == "os.rename":
        modes.add(stat.S_IMODE(os.stat(arguments[0]).st_mode))
    # mkstemp's own open; opening its descriptor again (fdopen) tells the same flags with a number.
    if event == "open" and isinstance(arguments[0], str) and arguments[2] & os.O_CREAT:
        assert arguments[2] & os.O_EXCL, arguments
sys.addaudithook(watch)
os.umask(0)
PlaintextStore(Path({str(path)!r})).save(new_session("r1", "u1"))
assert modes == {{0o600}}, modes
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_folder_that_was_open_is_closed(path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    PlaintextStore(path).save(SESSION)
    assert mode_of(path.parent) == 0o700


def test_replacing_leaves_no_temporary_file(path: Path) -> None:
    store = PlaintextStore(path)
    for number in range(3):
        store.save(new_session(f"r{number}", "u1"))
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_file_that_others_can_read_is_not_believed(path: Path) -> None:
    PlaintextStore(path).save(SESSION)
    path.chmod(0o644)
    with pytest.raises(KeychainUnavailable, match="other users"):
        PlaintextStore(path).load()


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    PlaintextStore(elsewhere).save(SESSION)
    path.parent.mkdir(mode=0o700)
    path.symlink_to(elsewhere)
    with pytest.raises(KeychainUnavailable, match="symbolic link"):
        PlaintextStore(path).load()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"null", b"[]", b"{}", b'{"schema":1,"refresh_token":2}']
)
def test_damaged_content_is_no_session_and_no_crash(path: Path, content: bytes) -> None:
    store = PlaintextStore(path)
    store.save(SESSION)
    path.write_bytes(content)
    try:
        loaded = store.load()
    except KeychainUnavailable:
        loaded = None
    assert loaded is None


def test_nothing_there_is_no_session(path: Path) -> None:
    store = PlaintextStore(path)
    assert store.load() is None
    store.erase()


def test_a_full_disk_keeps_the_old_session(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PlaintextStore(path)
    store.save(SESSION)

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(KeychainUnavailable, match="No space left"):
        store.save(new_session("r2", "u1"))
    assert store.load() == SESSION
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "content", [None, b"", b"{}", b'{"plaintext_credentials": 1}', b'{"plaintext_credentials": "true"}']
)
def test_without_clear_consent_the_keychain_is_chosen(tmp_path: Path, content: bytes | None) -> None:
    locations = Locations(tmp_path, tmp_path, tmp_path, tmp_path)
    if content is not None:
        (tmp_path / "config.json").write_bytes(content)
    assert choose_store(Account("https://a.example", "default"), locations).kind is SessionStore.KEYCHAIN


def test_with_consent_the_file_is_chosen_one_for_each_account(tmp_path: Path) -> None:
    locations = Locations(tmp_path, tmp_path, tmp_path, tmp_path)
    Preferences(plaintext_credentials=True).save(locations)
    choose_store(Account("https://a.example", "default"), locations).save(SESSION)
    assert choose_store(Account("https://b.example", "default"), locations).load() is None
    assert choose_store(Account("https://a.example", "work"), locations).load() is None
    assert choose_store(Account("https://a.example", "default"), locations).load() == SESSION
