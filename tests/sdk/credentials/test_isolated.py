"""The keychain in a child process: the same answers, nothing left in this process, no hang without end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from hivesync.credentials import (
    Account,
    KeychainLocked,
    KeychainMissing,
    KeychainTimeout,
    KeychainUnavailable,
    choose_store,
)
from hivesync.credentials import new_session as session_of
from hivesync.credentials.absence import EMPTY_SECONDS, Absence, touch
from hivesync.credentials.isolated import IsolatedKeychain
from hivesync.locations import Locations
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.keychain import KeychainState

ACCOUNT = Account("https://api.example.org", "default")
SESSION = session_of("canary-" + "r" * 5_000, "u1")
BACKEND = '''
import json, os, time
from pathlib import Path
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

PLACE = Path(os.environ["ENTRIES"])


class Entries(KeyringBackend):
    """Keeps entries in a file, as no keychain should, so that two processes can look at them."""
    priority = 1

    def _all(self):
        return json.loads(PLACE.read_text()) if PLACE.exists() else {}

    def get_password(self, service, username):
        with open(os.environ["ENTRIES"] + ".asked", "a") as asked:
            print("read", file=asked)
        return self._all().get(service + username)

    def set_password(self, service, username, password):
        PLACE.write_text(json.dumps(self._all() | {service + username: password}))

    def delete_password(self, service, username):
        entries = self._all()
        del entries[service + username]
        PLACE.write_text(json.dumps(entries))


class Locked(Entries):
    def get_password(self, service, username):
        raise KeyringLocked("no")


class Hanging(Entries):
    def get_password(self, service, username):
        time.sleep(600)


class Forgetful(Entries):
    def set_password(self, service, username, password):
        pass


class Dying(Entries):
    def get_password(self, service, username):
        os._exit(3)
'''


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with keyring backends that a child process finds."""
    (tmp_path / "entries_of_a_test.py").write_text(BACKEND)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("ENTRIES", str(tmp_path / "entries.json"))
    use(monkeypatch, "Entries")
    return tmp_path


def use(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"entries_of_a_test.{name}")


def children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and "keychain_child" in " ".join(child.cmdline())
    ]


def test_a_session_is_kept_read_and_erased(machine: Path) -> None:
    keychain = IsolatedKeychain(ACCOUNT, machine / "lock")
    assert keychain.state() is KeychainState.OK
    assert keychain.load() is None
    keychain.begin(SESSION)
    assert keychain.load() == SESSION
    keychain.close()
    another = IsolatedKeychain(ACCOUNT, machine / "lock")
    assert another.load() == SESSION
    another.end()
    assert (another.load(), another.ended()) == (None, (SESSION.refresh_token,))
    another.close()


def test_calls_that_come_together_share_a_child_which_then_ends(machine: Path) -> None:
    keychain = IsolatedKeychain(ACCOUNT, machine / "lock", linger_seconds=0.2)
    keychain.save(SESSION)
    (first,) = children()
    keychain.load()
    assert children() == [first]
    end = time.monotonic() + 20
    while children():
        assert time.monotonic() < end
        time.sleep(0.02)
    assert keychain.load() == SESSION
    keychain.close()
    assert children() == []


def test_no_secret_stands_where_other_processes_look(machine: Path) -> None:
    keychain = IsolatedKeychain(ACCOUNT, machine / "lock")
    keychain.save(SESSION)
    (child,) = children()
    assert "canary" not in " ".join([*child.cmdline(), *child.environ().values()])
    keychain.close()


@pytest.mark.parametrize(
    ("backend", "expected", "state"),
    [
        ("entries_of_a_test.Locked", KeychainLocked, KeychainState.OK),
        ("keyring.backends.fail.Keyring", KeychainMissing, KeychainState.MISSING),
        ("entries_of_a_test.Dying", KeychainUnavailable, KeychainState.OK),
        ("no.such.Backend", KeychainUnavailable, KeychainState.MISSING),
    ],
)
def test_failures_are_told_apart(
    machine: Path,
    monkeypatch: pytest.MonkeyPatch,
    backend: str,
    expected: type[HiveSyncError],
    state: KeychainState,
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    keychain = IsolatedKeychain(ACCOUNT, machine / "lock")
    assert keychain.state() is state
    with pytest.raises(expected) as caught:
        keychain.load()
    assert type(caught.value) is expected
    keychain.close()


def test_a_keychain_that_forgets_is_noticed(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "Forgetful")
    keychain = IsolatedKeychain(ACCOUNT, machine / "lock")
    with pytest.raises(KeychainUnavailable, match="did not keep"):
        keychain.save(SESSION)
    keychain.close()


def test_a_keychain_that_hangs_is_given_up_with_its_process(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "Hanging")
    keychain = IsolatedKeychain(ACCOUNT, machine / "lock", limit_seconds=1)
    with pytest.raises(KeychainTimeout, match="prompt"):
        keychain.load()
    assert children() == []
    use(monkeypatch, "Entries")
    assert keychain.state() is KeychainState.OK
    assert keychain.load() is None
    keychain.close()


def test_a_module_of_the_working_folder_is_not_believed(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = machine / "somebody's folder"
    folder.mkdir()
    (folder / "keyring.py").write_text("open('believed', 'w')")
    monkeypatch.chdir(folder)
    keychain = IsolatedKeychain(ACCOUNT, machine / "lock")
    assert keychain.load() is None
    keychain.close()
    assert not (folder / "believed").exists()


PARENT = """
import sys
from pathlib import Path
from hivesync.credentials import Account
from hivesync.credentials.isolated import IsolatedKeychain
keychain = IsolatedKeychain(Account("https://api.example.org", "default"), Path(sys.argv[1]))
assert keychain.load() is None
print(keychain._child.pid, sorted({"keyring", "secretstorage", "jeepney"} & set(sys.modules)), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_this_process_loads_nothing_of_it_and_takes_the_child_with_it_when_killed(machine: Path) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(machine / "lock")], stdin=pipe, stdout=pipe, text=True
    ) as parent:
        assert parent.stdout is not None
        number, loaded = parent.stdout.readline().split(maxsplit=1)
        assert loaded == "[]\n"
        child = psutil.Process(int(number))
        parent.kill()
        psutil.wait_procs([child], timeout=20)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


SIGN_IN = """
import sys
from pathlib import Path
from hivesync.credentials import Account, choose_store, new_session
from hivesync.locations import Locations
account, state = Account("https://api.example.org", "default"), Path(sys.argv[1])
store = choose_store(account, Locations(state, state, state, state))
store.begin(new_session("r2", "u2"))
"""


def asked(machine: Path) -> int:
    """Tell how often the keychain was read."""
    path = machine / "entries.json.asked"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_where_nobody_is_signed_in_the_keychain_is_left_alone_until_somebody_signs_in(machine: Path) -> None:
    """The tray asks every five seconds who is signed in; a command signs in without asking the agent."""
    keychain = choose_store(ACCOUNT, Locations(machine, machine, machine, machine), isolated=True)
    assert [keychain.load() for _ in range(50)] == [None] * 50
    assert asked(machine) == 1
    subprocess.run([sys.executable, "-c", SIGN_IN, str(machine)], check=True)
    session = keychain.load()
    assert session is not None
    assert session.refresh_token == "r2"
    keychain.close()


def test_its_own_sign_out_and_sign_in_are_noticed(machine: Path) -> None:
    keychain = IsolatedKeychain(ACCOUNT, machine / "lock")
    keychain.begin(SESSION)
    keychain.end()
    assert keychain.load() is None
    keychain.begin(SESSION)
    assert keychain.load() == SESSION
    keychain.close()


def test_a_locked_keychain_is_asked_less_and_less_and_at_once_when_it_is_seen_unlocked(
    tmp_path: Path,
) -> None:
    now = 0.0
    absence = Absence(tmp_path / "lock", lambda: now)
    pauses = []
    for _ in range(7):
        begun = now
        absence.remember(absence.stamp(), KeychainLocked("locked"))
        with pytest.raises(KeychainLocked, match="locked"):
            absence.holds()
        while True:
            now += 1
            try:
                assert absence.holds() is False
            except KeychainLocked:
                continue
            break
        pauses.append(now - begun)
    assert pauses == [5, 10, 20, 40, 60, 60, 60]
    absence.remember(absence.stamp(), KeychainLocked("locked"))
    absence.forget()
    assert absence.holds() is False


def test_what_changed_without_a_word_is_noticed_after_a_while(tmp_path: Path) -> None:
    now = 0.0
    absence = Absence(tmp_path / "lock", lambda: now)
    absence.remember(absence.stamp(), None)
    now = EMPTY_SECONDS - 1
    assert absence.holds()
    now = EMPTY_SECONDS
    assert not absence.holds()


def test_a_change_while_the_keychain_was_being_asked_is_not_missed(tmp_path: Path) -> None:
    absence = Absence(tmp_path / "lock")
    stamp = absence.stamp()
    touch(tmp_path / "lock")
    absence.remember(stamp, None)
    assert not absence.holds()
