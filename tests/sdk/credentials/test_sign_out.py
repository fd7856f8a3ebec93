"""Ending a session: one write here, and a backend that is told sooner or later, whatever comes between."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hivesync.credentials import Answer, MemoryStore, Post, SignOut, drive, new_session
from hivesync.credentials.plaintext import PlaintextStore
from hivesync.credentials.refresh import RefreshFailed
from hivesync.credentials.store import TextStore

FIRST, SECOND = new_session("r1", "u1"), new_session("r2", "u1")


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TextStore:
    return MemoryStore() if request.param == "memory" else PlaintextStore(tmp_path / "state" / "s.json")


@pytest.fixture
def sign_out(store: TextStore, tmp_path: Path) -> SignOut:
    return SignOut(store, tmp_path / "state" / "s.lock", lock_deadline_seconds=0.05)


class Backend:
    """Answers in turn, and the last answer for ever; None for a backend that is away."""

    def __init__(self, *answers: Answer | None) -> None:
        self.answers = list(answers)
        self.told: list[str] = []

    def __call__(self, post: Post) -> Answer:
        assert post.path == "/api/v1/auth/logout"
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            raise RefreshFailed("no network")
        self.told.append(json.loads(post.body)["refresh_token"])
        return answer


DONE = Answer(204, b"")


def test_a_session_that_ends_waits_to_be_revoked(store: TextStore) -> None:
    store.save(FIRST)
    assert store.end()
    assert (store.load(), store.ended()) == (None, ("r1",))
    assert not store.end()
    store.forget_ended("r1")
    assert store.read() is None


def test_what_waits_outlives_the_sessions_after_it(store: TextStore) -> None:
    store.save(FIRST)
    store.end()
    store.begin(SECOND)
    store.save(SECOND)
    store.erase()
    assert store.ended() == ("r1",)


def test_a_session_that_is_replaced_has_ended(store: TextStore) -> None:
    store.begin(FIRST)
    store.begin(SECOND)
    assert (store.load(), store.ended()) == (SECOND, ("r1",))


def test_each_change_is_one_write_so_no_crash_can_come_between() -> None:
    class Counted(MemoryStore):
        writes = 0

        def write(self, text: str) -> None:
            self.writes += 1
            super().write(text)

    store = Counted(FIRST)
    store.end()
    store.begin(SECOND)
    store.begin(FIRST)
    assert store.writes == 3


@pytest.mark.parametrize(
    "text",
    ['{"schema":1,"ended":"r1"}', '{"schema":1,"ended":[1,null]}', '{"schema":2,"ended":["r1"]}', "[]"],
)
def test_a_damaged_list_is_an_empty_one(text: str) -> None:
    store = MemoryStore()
    store.write(text)
    assert (store.load(), store.ended()) == (None, ())


def test_an_entry_of_an_earlier_release_is_a_session() -> None:
    store = MemoryStore()
    store.write('{"schema":1,"refresh_token":"r1","user_id":"u1","saved_at":1.5}')
    session = store.load()
    assert session is not None
    assert (session.refresh_token, store.ended()) == ("r1", ())


def test_signing_out_tells_the_backend_and_forgets(store: TextStore, sign_out: SignOut) -> None:
    store.save(FIRST)
    backend = Backend(DONE)
    assert drive(sign_out.end(), backend)
    assert drive(sign_out.settle(), backend) == 0
    assert backend.told == ["r1"]
    assert store.read() is None
    assert drive(sign_out.settle(), backend) == 0
    assert backend.told == ["r1"]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Answer(200, b"<html>Welcome to our hotel</html>"),
        Answer(302, b""),
        Answer(401, b"proxy"),
        Answer(403, b"{}"),
        Answer(429, b"{}"),
        Answer(503, b"{}"),
    ],
    ids=str,
)
def test_only_the_backend_s_own_word_ends_the_waiting(
    store: TextStore, sign_out: SignOut, answer: Answer | None
) -> None:
    store.save(FIRST)
    store.end()
    store.begin(SECOND)
    store.end()
    assert drive(sign_out.settle(), Backend(answer)) == 2
    assert store.ended() == ("r1", "r2")
    assert drive(sign_out.settle(), Backend(DONE, answer)) == 1
    assert store.ended() == ("r2",)
    assert drive(sign_out.settle(), Backend(DONE)) == 0


def test_a_session_that_the_backend_has_ended_already_waits_no_more(
    store: TextStore, sign_out: SignOut
) -> None:
    store.save(FIRST)
    store.end()
    ended = Answer(401, b'{"code": "AUTH_INVALID"}')
    assert drive(sign_out.settle(), Backend(ended)) == 0
    assert store.ended() == ()
