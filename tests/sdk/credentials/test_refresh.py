"""The rule of renewal: take the lock, re-read, refresh, write; never erase what another has replaced."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from pathlib import Path

import pytest
from hivesync.credentials import (
    Answer,
    FileLock,
    KeychainLocked,
    LockTimeout,
    MemoryStore,
    Post,
    Refresher,
    RefreshFailed,
    Renewed,
    SignedOut,
    StoredSession,
    drive,
    drive_async,
    new_session,
)
from hivesync.credentials.plaintext import PlaintextStore
from hivesync.locations import Locations
from hivesync.settings import Settings
from hivesync_dev.servers.fake_backend import USER, FakeBackend

NOW = 1_000_000.0
PROCESSES = 20


def tokens(access: str = "a2", refresh: str = "r2") -> Answer:
    return Answer(
        200, json.dumps({"access_token": access, "expires_in": 900, "refresh_token": refresh}).encode()
    )


def refusal(code: str, status: int = 401) -> Answer:
    return Answer(status, json.dumps({"code": code}).encode())


class Desk:
    """A store, a lock and a backend's answer, with the refresher between them."""

    def __init__(self, folder: Path, stored: StoredSession | None) -> None:
        self.store = MemoryStore(stored)
        self.lock_path = folder / "session.lock"
        self.sent: list[str] = []
        self.answer = tokens()
        self.refresher = Refresher(
            self.store,
            self.lock_path,
            lock_deadline_seconds=0.05,
            clock=lambda: NOW,
        )

    def post(self, post: Post) -> Answer:
        assert post.path == "/api/v1/auth/refresh"
        assert not FileLock(self.lock_path).try_acquire(), "the lock is held while the backend is asked"
        self.sent.append(json.loads(post.body)["refresh_token"])
        return self.answer

    def renew(self, refused: str | None = None) -> Renewed:
        return drive(self.refresher.renew(refused=refused), self.post)

    def assert_lock_is_free(self) -> None:
        lock = FileLock(self.lock_path)
        assert lock.try_acquire()
        lock.release()


def test_a_renewal_stores_the_successor(tmp_path: Path) -> None:
    desk = Desk(tmp_path, new_session("r1", "u1"))
    renewed = desk.renew()
    assert (renewed.access_token, renewed.access_expires_at) == ("a2", NOW + 900)
    assert desk.store.load() == StoredSession("r2", "u1", NOW, "a2", NOW + 900)
    assert desk.sent == ["r1"]
    desk.assert_lock_is_free()


def test_whoever_comes_next_finds_the_access_token(tmp_path: Path) -> None:
    desk = Desk(tmp_path, new_session("r1", "u1"))
    assert not desk.renew().from_store
    assert desk.renew().from_store
    assert desk.refresher.stored() == desk.renew()
    assert desk.sent == ["r1"]


@pytest.mark.parametrize(
    ("saved_at", "access_expires_at"),
    [
        pytest.param(NOW - 880, NOW + 20, id="near its end"),
        pytest.param(NOW + 1, NOW + 901, id="kept before the clock was set back"),
    ],
)
def test_a_stored_access_token_whose_end_is_near_or_not_known_is_not_used(
    tmp_path: Path, saved_at: float, access_expires_at: float
) -> None:
    desk = Desk(tmp_path, StoredSession("r1", "u1", saved_at, "a1", access_expires_at))
    assert desk.renew().access_token == "a2"


def test_a_stored_access_token_that_was_refused_is_not_used_again(tmp_path: Path) -> None:
    stored = StoredSession("r1", "u1", access_token="a1", access_expires_at=NOW + 600)
    desk = Desk(tmp_path, stored)
    assert desk.renew().access_token == "a1"
    assert desk.renew(refused="a1").access_token == "a2"


def test_nobody_signed_in_sends_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, None)
    with pytest.raises(SignedOut, match="hivesync login"):
        desk.renew()
    assert desk.sent == []
    desk.assert_lock_is_free()


@pytest.mark.parametrize("code", ["AUTH_INVALID", "AUTH_EXPIRED", "AUTH_REQUIRED"])
def test_a_session_that_the_backend_has_ended_is_erased(tmp_path: Path, code: str) -> None:
    desk = Desk(tmp_path, new_session("r1", "u1"))
    desk.answer = refusal(code)
    with pytest.raises(SignedOut):
        desk.renew()
    assert desk.store.load() is None


def test_what_another_process_has_just_stored_is_not_erased(tmp_path: Path) -> None:
    desk = Desk(tmp_path, new_session("r1", "u1"))
    signed_in_meanwhile = new_session("r9", "u2")

    def post(request: Post) -> Answer:
        desk.store.save(signed_in_meanwhile)
        return refusal("AUTH_INVALID")

    with pytest.raises(SignedOut):
        drive(desk.refresher.renew(), post)
    assert desk.store.load() == signed_in_meanwhile


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401, b"<html>proxy</html>"),
        Answer(401, b"{}"),
        Answer(401, b"[]"),
        refusal("FORBIDDEN", 403),
        refusal("AUTH_INVALID", 403),
        Answer(407, b""),
        Answer(500, b"{}"),
        Answer(302, b""),
        Answer(200, b"{}"),
        Answer(200, b"welcome to our hotel"),
        Answer(200, b'{"access_token": 1, "expires_in": 900, "refresh_token": "r2"}'),
    ],
    ids=str,
)
def test_anything_else_keeps_the_session(tmp_path: Path, answer: Answer) -> None:
    before = new_session("r1", "u1")
    desk = Desk(tmp_path, before)
    desk.answer = answer
    with pytest.raises(RefreshFailed):
        desk.renew()
    assert desk.store.load() == before
    desk.assert_lock_is_free()


def test_a_backend_out_of_reach_keeps_the_session_and_frees_the_lock(tmp_path: Path) -> None:
    desk = Desk(tmp_path, new_session("r1", "u1"))

    def post(request: Post) -> Answer:
        raise RefreshFailed("no network")

    with pytest.raises(RefreshFailed, match="no network"):
        drive(desk.refresher.renew(), post)
    assert desk.store.load() is not None
    desk.assert_lock_is_free()


def test_a_keychain_that_locks_after_the_answer_gives_no_token(tmp_path: Path) -> None:
    """The old refresh token stays good until its successor is used, so nothing may be used unsaved."""

    class Locking(MemoryStore):
        def save(self, session: StoredSession) -> None:
            raise KeychainLocked("locked")

    desk = Desk(tmp_path, None)
    refresher = Refresher(Locking(new_session("r1", "u1")), desk.lock_path)
    with pytest.raises(KeychainLocked):
        drive(refresher.renew(), desk.post)
    desk.assert_lock_is_free()


def test_a_lock_that_another_holds_for_too_long_is_an_error(tmp_path: Path) -> None:
    desk = Desk(tmp_path, new_session("r1", "u1"))
    with FileLock(desk.lock_path).hold(1), pytest.raises(LockTimeout):
        desk.renew()
    assert desk.sent == []


async def test_a_cancelled_renewal_frees_the_lock_only_after_the_write(tmp_path: Path) -> None:
    writing, may_finish = threading.Event(), threading.Event()
    lock_path = tmp_path / "session.lock"

    class Slow(MemoryStore):
        def save(self, session: StoredSession) -> None:
            writing.set()
            may_finish.wait()
            assert not FileLock(lock_path).try_acquire()
            super().save(session)

    async def post(request: Post) -> Answer:
        return tokens()

    store = Slow(new_session("r1", "u1"))
    renewal = asyncio.create_task(drive_async(Refresher(store, lock_path).renew(), post))
    await asyncio.to_thread(writing.wait)
    renewal.cancel()
    await asyncio.sleep(0)
    assert not renewal.done()
    may_finish.set()
    with pytest.raises(asyncio.CancelledError):
        await renewal
    assert store.load().refresh_token == "r2"  # type: ignore[union-attr]
    assert FileLock(lock_path).try_acquire()


WHOAMI = """
import sys
from pathlib import Path
from hivesync import Client, Locations, Settings
folder = Path(sys.argv[2])
locations = Locations(folder / "run", folder / "config", folder / "state", folder / "log")
sys.stdin.read(1)
with Client(settings=Settings(server_url=sys.argv[1]), locations=locations) as client:
    print(client.me().username)
"""


async def test_twenty_processes_at_once_refresh_once(
    tmp_path: Path, locations: Locations, backend: FakeBackend, settings: Settings, store: PlaintextStore
) -> None:
    store.save(new_session(backend.issue().refresh_token, USER.id))
    pipe = asyncio.subprocess.PIPE
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", WHOAMI, settings.server_url, str(tmp_path), stdin=pipe, stdout=pipe
        )
        for _ in range(PROCESSES)
    ]
    outputs = await asyncio.gather(*(process.communicate(b"\n") for process in processes))
    assert [output for output, _ in outputs] == [b"ada\n"] * PROCESSES
    assert backend.refreshes == 1
    assert not backend.revoked
