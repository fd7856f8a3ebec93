"""The keychain, on real `keyring` backends inside this process: kept, split, timed, told apart."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import keyring
import pytest
from hivesync.credentials import (
    Account,
    KeychainLocked,
    KeychainMissing,
    KeychainTimeout,
    KeychainUnavailable,
    StoredSession,
    new_session,
)
from hivesync.credentials.keychain import Keychain
from hivesync.credentials.parts import ENTRY_BYTES
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.keychain import KeychainState
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, kwallet, null
from keyring.errors import InitError, KeyringError, KeyringLocked, PasswordDeleteError, PasswordSetError

Install = Callable[[KeyringBackend], None]
ACCOUNT = Account("https://api.example.org", "default")
LONG = "r" * 10_000


class CredentialManager(KeyringBackend):
    """Keeps entries in memory under the rules of Windows' Credential Manager."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > ENTRY_BYTES:
            raise PasswordSetError("the stub received bad data")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise PasswordDeleteError("no such entry")
        del self.entries[service, username]


class Failing(CredentialManager):
    """Raises the same error whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error


class Forgetful(CredentialManager):
    """Says that it has stored, and has not."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Prompting(CredentialManager):
    """Does not answer before its prompt is."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()
        self.calls = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.calls += 1
        self.answered.wait()
        return super().get_password(service, username)


@pytest.fixture
def backend() -> Iterator[CredentialManager]:
    """The process's keyring during the test."""
    before, backend = keyring.get_keyring(), CredentialManager()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def install() -> Iterator[Install]:
    """A function that makes a backend the process's keyring until the test ends."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_a_session_is_read_back_and_erased(backend: CredentialManager) -> None:
    keychain = Keychain(ACCOUNT)
    session = new_session("r1", "u1")
    assert keychain.load() is None
    keychain.save(session)
    assert Keychain(ACCOUNT).load() == session
    keychain.erase()
    assert keychain.load() is None
    assert backend.entries == {}
    keychain.erase()


def test_what_does_not_fit_is_split_and_leaves_nothing_behind(backend: CredentialManager) -> None:
    keychain = Keychain(ACCOUNT)
    keychain.save(new_session(LONG, "u1"))
    assert len(backend.entries) > 8
    loaded = keychain.load()
    assert loaded is not None
    assert loaded.refresh_token == LONG
    keychain.save(new_session(LONG + "2", "u1"))
    keychain.save(new_session("short", "u1"))
    assert len(backend.entries) == 1
    keychain.save(new_session(LONG, "u1"))
    keychain.erase()
    assert backend.entries == {}


@pytest.mark.parametrize("length", [ENTRY_BYTES // 2 - 200, ENTRY_BYTES // 2, ENTRY_BYTES // 2 + 1])
def test_every_length_around_the_limit_is_kept(backend: CredentialManager, length: int) -> None:
    keychain = Keychain(ACCOUNT)
    session = new_session("r" * length, "u1")
    keychain.save(session)
    assert keychain.load() == session


def test_a_crash_between_the_parts_leaves_the_old_session_whole(backend: CredentialManager) -> None:
    keychain = Keychain(ACCOUNT)
    keychain.save(new_session(LONG, "u1"))
    before = keychain.load()
    real, writes = CredentialManager.set_password, 0

    def crash_at_the_third(self: CredentialManager, service: str, username: str, password: str) -> None:
        nonlocal writes
        writes += 1
        if writes == 3:
            raise PasswordSetError("power is gone")
        real(self, service, username, password)

    CredentialManager.set_password = crash_at_the_third  # type: ignore[method-assign]
    try:
        with pytest.raises(KeychainUnavailable):
            keychain.save(new_session("n" * 10_000, "u1"))
    finally:
        CredentialManager.set_password = real  # type: ignore[method-assign]
    assert keychain.load() == before


def test_a_missing_part_reads_as_no_session(backend: CredentialManager) -> None:
    keychain = Keychain(ACCOUNT)
    keychain.save(new_session(LONG, "u1"))
    part = next(key for key in backend.entries if key[0] != ACCOUNT.service_name)
    del backend.entries[part]
    assert keychain.load() is None


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize(
    "other",
    [
        Account("https://api.example.org:8443", "default"),
        Account("http://127.0.0.1:4000", "default"),
        Account("https://api.example.org", "work"),
    ],
    ids=str,
)
def test_another_origin_or_profile_sees_nothing(other: Account) -> None:
    Keychain(ACCOUNT).save(new_session("r1", "u1"))
    assert Keychain(other).load() is None
    Keychain(other).save(new_session("r2", "u2"))
    loaded = Keychain(ACCOUNT).load()
    assert loaded is not None
    assert loaded.refresh_token == "r1"


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", '"r1"', '{"schema": 2, "refresh_token": "x"}', '{"schema":1}']
)
def test_an_entry_that_is_not_ours_reads_as_no_session(backend: CredentialManager, text: str) -> None:
    backend.entries[ACCOUNT.service_name, ACCOUNT.profile] = text
    assert Keychain(ACCOUNT).load() is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyringLocked("no"), KeychainLocked),
        (KeyringError("Can't get password from keychain: (-25308, 'Unknown Error')"), KeychainLocked),
        (InitError("no"), KeychainUnavailable),
        (KeyringError("no"), KeychainUnavailable),
        (OSError("D-Bus has gone"), KeychainUnavailable),
        (RuntimeError("foreign code"), KeychainUnavailable),
    ],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_a_backend_s_errors_are_told_apart(
    install: Install, error: Exception, expected: type[HiveSyncError]
) -> None:
    install(Failing(error))
    with pytest.raises(expected):
        Keychain(ACCOUNT).load()


def test_an_error_s_text_is_not_repeated_since_it_may_hold_the_value(install: Install) -> None:
    install(Failing(RuntimeError("could not store canary-secret")))
    with pytest.raises(KeychainUnavailable) as caught:
        Keychain(ACCOUNT).save(new_session("canary-secret", "u1"))
    assert "canary-secret" not in str(caught.value)


@pytest.mark.parametrize("backend_class", [fail.Keyring, null.Keyring])
def test_backends_that_keep_nothing_count_as_no_keychain(
    install: Install, backend_class: type[KeyringBackend]
) -> None:
    install(backend_class())
    assert Keychain(ACCOUNT).state() is KeychainState.MISSING
    with pytest.raises(KeychainMissing):
        Keychain(ACCOUNT).save(new_session("r1", "u1"))


def test_plaintext_backends_of_keyrings_alt_count_as_no_keychain(install: Install) -> None:
    plaintext = type(
        "PlaintextKeyring", (CredentialManager,), {"__module__": "keyrings.alt.file", "priority": 0.5}
    )
    install(plaintext())
    assert Keychain(ACCOUNT).state() is KeychainState.MISSING


def test_a_chain_is_as_good_as_its_best_link(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install(chainer.ChainerBackend())  # type: ignore[no-untyped-call]
    nothing: list[KeyringBackend] = [null.Keyring(), fail.Keyring()]  # type: ignore[no-untyped-call]
    monkeypatch.setattr(chainer.ChainerBackend, "backends", nothing)
    assert Keychain(ACCOUNT).state() is KeychainState.MISSING
    real = CredentialManager()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [*nothing, real])
    Keychain(ACCOUNT).save(new_session("r1", "u1"))
    assert len(real.entries) == 1


def test_kwallet_is_a_keychain_and_one_that_does_not_answer_is_told_so(install: Install) -> None:
    """KWallet's own back end; from KWallet 5.97 on the Secret Service's speaks to it as well."""
    install(kwallet.DBusKeyring())  # type: ignore[no-untyped-call]
    assert Keychain(ACCOUNT).state() is KeychainState.OK
    with pytest.raises(KeychainUnavailable):
        Keychain(ACCOUNT).load()


def test_a_keychain_that_forgets_is_noticed_when_it_is_written(install: Install) -> None:
    install(Forgetful())
    with pytest.raises(KeychainUnavailable, match="did not keep"):
        Keychain(ACCOUNT).save(new_session("r1", "u1"))


def test_an_unanswered_prompt_costs_one_time_limit_and_one_thread(install: Install) -> None:
    prompting = Prompting()
    install(prompting)
    keychain = Keychain(ACCOUNT, time_limit_seconds=0.05)
    for _ in range(3):
        with pytest.raises(KeychainTimeout):
            keychain.load()
    assert prompting.calls == 1
    prompting.answered.set()
    assert keychain.load() is None


def test_times_and_secrets_stay_out_of_repr() -> None:
    session = StoredSession("canary-refresh", "u1", access_token="canary-access")
    assert "canary" not in repr(session)
