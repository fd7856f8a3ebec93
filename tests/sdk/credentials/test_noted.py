"""Which accounts have something stored is noted: before it is there, until it is gone, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hivesync.credentials import (
    Account,
    KeychainLocked,
    KeychainMissing,
    KeychainTimeout,
    MemoryStore,
    new_session,
    open_store,
)
from hivesync.credentials.noted import Note, NotedStore, stored_accounts
from hivesync.locations import Locations
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.keychain import SessionStore

ACCOUNT = Account("https://api.example.org", "work")
SESSION = new_session("r1", "u1")


class Place(MemoryStore):
    """A keychain whose next write ends with an error, and that sees what is noted meanwhile."""

    kind = SessionStore.KEYCHAIN
    error: HiveSyncError | None = None

    def __init__(self, state: Path) -> None:
        super().__init__()
        self._state = state
        self.noted_before: list[Note] = []

    def write(self, text: str) -> None:
        self.noted_before = stored_accounts(self._state)
        if self.error:
            raise self.error
        super().write(text)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "state")


@pytest.fixture
def store(place: Place, tmp_path: Path) -> NotedStore:
    return NotedStore(place, ACCOUNT, tmp_path / "state")


def test_a_note_is_there_before_the_session_and_goes_with_the_last_token(
    store: NotedStore, place: Place, tmp_path: Path
) -> None:
    note = Note(SessionStore.KEYCHAIN, ACCOUNT)
    store.begin(SESSION)
    assert place.noted_before == [note]
    assert store.end()
    assert stored_accounts(tmp_path / "state") == [note]
    store.forget_ended("r1")
    assert stored_accounts(tmp_path / "state") == []
    assert place.read() is None


@pytest.mark.parametrize(
    ("error", "is_noted"),
    [(KeychainMissing("none"), False), (KeychainLocked("locked"), False), (KeychainTimeout("slow"), True)],
)
def test_what_took_nothing_is_not_noted_and_what_may_have_is(
    store: NotedStore, place: Place, tmp_path: Path, error: HiveSyncError, is_noted: bool
) -> None:
    place.error = error
    with pytest.raises(type(error)):
        store.begin(SESSION)
    assert bool(stored_accounts(tmp_path / "state")) is is_noted


def test_a_keychain_that_is_locked_later_keeps_its_note(
    store: NotedStore, place: Place, tmp_path: Path
) -> None:
    store.begin(SESSION)
    place.error = KeychainLocked("locked")
    with pytest.raises(KeychainLocked):
        store.save(new_session("r2", "u1"))
    assert stored_accounts(tmp_path / "state") == [Note(SessionStore.KEYCHAIN, ACCOUNT)]


def test_a_place_that_knows_that_it_is_empty_is_not_asked(store: NotedStore, place: Place) -> None:
    place.load = lambda: None  # type: ignore[method-assign]
    place.read = lambda: pytest.fail("was asked")  # type: ignore[method-assign]
    assert store.load() is None


def test_a_note_holds_no_secret_and_is_for_this_user_alone(store: NotedStore, tmp_path: Path) -> None:
    store.begin(new_session("canary-secret", "u1", "canary-token", 900))
    (path,) = (tmp_path / "state").iterdir()
    assert json.loads(path.read_bytes()) == {"origin": ACCOUNT.origin, "profile": "work"}
    assert path.stat().st_mode & 0o077 == 0


def test_each_place_of_an_account_has_its_own_note(store: NotedStore, tmp_path: Path) -> None:
    locations = Locations(tmp_path, tmp_path, tmp_path / "state", tmp_path)
    file = open_store(SessionStore.FILE, ACCOUNT, locations)
    file.begin(SESSION)
    store.begin(SESSION)
    file.remove()
    assert stored_accounts(tmp_path / "state") == [Note(SessionStore.KEYCHAIN, ACCOUNT)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"origin": "https://evil.example", "profile": "work"}',
        b'{"origin":1,"profile":"../x"}',
    ],
)
def test_a_tampered_note_names_nothing(store: NotedStore, tmp_path: Path, content: bytes) -> None:
    store.begin(SESSION)
    (path,) = (tmp_path / "state").iterdir()
    path.write_bytes(content)
    assert stored_accounts(tmp_path / "state") == []
