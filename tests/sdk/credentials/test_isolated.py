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
)
from hivesync.credentials import new_session as session_of
from hivesync.credentials.isolated import IsolatedKeychain
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.local_api import KeychainState

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


@pytest.mark.usefixtures("machine")
def test_a_session_is_kept_read_and_erased() -> None:
    keychain = IsolatedKeychain(ACCOUNT)
    assert keychain.state() is KeychainState.OK
    assert keychain.load() is None
    keychain.begin(SESSION)
    assert keychain.load() == SESSION
    keychain.close()
    another = IsolatedKeychain(ACCOUNT)
    assert another.load() == SESSION
    another.end()
    assert (another.load(), another.ended()) == (None, (SESSION.refresh_token,))
    another.close()


@pytest.mark.usefixtures("machine")
def test_calls_that_come_together_share_a_child_which_then_ends() -> None:
    keychain = IsolatedKeychain(ACCOUNT, linger_seconds=0.2)
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


@pytest.mark.usefixtures("machine")
def test_no_secret_stands_where_other_processes_look() -> None:
    keychain = IsolatedKeychain(ACCOUNT)
    keychain.save(SESSION)
    (child,) = children()
    assert "canary" not in " ".join([*child.cmdline(), *child.environ().values()])
    keychain.close()


@pytest.mark.usefixtures("machine")
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
    monkeypatch: pytest.MonkeyPatch, backend: str, expected: type[HiveSyncError], state: KeychainState
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    keychain = IsolatedKeychain(ACCOUNT)
    assert keychain.state() is state
    with pytest.raises(expected) as caught:
        keychain.load()
    assert type(caught.value) is expected
    keychain.close()


@pytest.mark.usefixtures("machine")
def test_a_keychain_that_forgets_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "Forgetful")
    keychain = IsolatedKeychain(ACCOUNT)
    with pytest.raises(KeychainUnavailable, match="did not keep"):
        keychain.save(SESSION)
    keychain.close()


@pytest.mark.usefixtures("machine")
def test_a_keychain_that_hangs_is_given_up_with_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "Hanging")
    keychain = IsolatedKeychain(ACCOUNT, limit_seconds=1)
    with pytest.raises(KeychainTimeout, match="prompt"):
        keychain.load()
    assert children() == []
    use(monkeypatch, "Entries")
    assert keychain.load() is None
    keychain.close()


def test_a_module_of_the_working_folder_is_not_believed(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = machine / "somebody's folder"
    folder.mkdir()
    (folder / "keyring.py").write_text("open('believed', 'w')")
    monkeypatch.chdir(folder)
    keychain = IsolatedKeychain(ACCOUNT)
    assert keychain.load() is None
    keychain.close()
    assert not (folder / "believed").exists()


PARENT = """
import sys
from hivesync.credentials import Account
from hivesync.credentials.isolated import IsolatedKeychain
keychain = IsolatedKeychain(Account("https://api.example.org", "default"))
assert keychain.load() is None
print(keychain._child.pid, sorted({"keyring", "secretstorage", "jeepney"} & set(sys.modules)), flush=True)
sys.stdin.read()
"""


@pytest.mark.usefixtures("machine")
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_this_process_loads_nothing_of_it_and_takes_the_child_with_it_when_killed() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=pipe, stdout=pipe, text=True) as parent:
        assert parent.stdout is not None
        number, loaded = parent.stdout.readline().split(maxsplit=1)
        assert loaded == "[]\n"
        child = psutil.Process(int(number))
        parent.kill()
        psutil.wait_procs([child], timeout=20)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
