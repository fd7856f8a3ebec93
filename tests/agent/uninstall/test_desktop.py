"""On a whole desktop: a real systemd user manager, a real keychain, and real agents of two profiles."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hivesync_agent.service.job import new_job
from hivesync_agent.tray.at_login import DesktopEntry
from hivesync_dev.secret_service import SecretService, secret_service
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.systemd_user import UserManager, user_manager, why_not
from hivesync_dev.user_account import UserAccount, is_running
from hivesync_dev.waiting import end_of

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
FOLDERS = ("HIVESYNC_RUNTIME_DIR", "HIVESYNC_CONFIG_DIR", "HIVESYNC_STATE_DIR", "HIVESYNC_LOG_DIR")


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[UserManager]:
    """A user manager of this test's own."""
    with user_manager(tmp_path / "m") as running:
        yield running


@pytest.fixture
def keychain(manager: UserManager) -> Iterator[SecretService]:
    """The keychain of this desktop, which its services find as well."""
    with secret_service(manager.environ) as running:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND"):
            setting = f"{name}={running.environ[name]}"
            command = ["systemctl", "--user", "set-environment", setting]
            subprocess.run(command, env=manager.environ, check=True)
        yield running


@pytest.fixture
async def account(
    manager: UserManager, keychain: SecretService, server: FakeBackend, tmp_path: Path
) -> AsyncIterator[UserAccount]:
    """The user of this desktop, whose HiveSync has folders with a space in their names."""
    line = UserAccount(tmp_path / "my folders", server.origin, keychain.environ)
    yield line
    await line.uninstall("--discard-changes")


async def test_nothing_is_left_on_a_desktop(
    account: UserAccount, manager: UserManager, keychain: SecretService, server: FakeBackend
) -> None:
    assert (await account.run("service", "install")).code == 0
    agents = [await account.sign_in(), await account.sign_in(profile="work")]
    tray = Path(manager.environ["XDG_CONFIG_HOME"]) / "autostart" / "hivesync-tray.play.desktop"
    await asyncio.to_thread(DesktopEntry(tray.parents[1]).add, new_job("play", account.locations, {}))
    assert tray.exists()
    assert keychain.services() == sorted(f"HiveSync {server.origin}#{name}" for name in ("default", "work"))
    # Uninstalled from a shell that knows nothing of the folders: the service names them.
    elsewhere = UserAccount(account.folder.parent / "elsewhere", account.server_url, dict(account.environ))
    elsewhere.environ |= dict.fromkeys(FOLDERS, "")
    outcome = await elsewhere.uninstall()
    report = outcome.json()
    assert (outcome.code, report["problems"], report["left"]) == (0, [], [])
    assert (report["services"], report["trays"]) == (["default"], ["play"])
    assert not tray.exists()
    assert [each["server_told"] for each in report["sessions"]] == [True, True]
    assert not any(is_running(agent.pid) for agent in agents)
    assert keychain.services() == []
    assert account.files() == []
    assert not [path for path in manager.units.rglob("*") if not path.is_dir()]
    state = ["systemctl", "--user", "list-units", "--all", "--plain", "--no-legend", "hivesync*"]
    shown = await asyncio.to_thread(
        subprocess.run, state, env=manager.environ, check=True, capture_output=True
    )
    assert shown.stdout == b""


async def test_a_locked_keychain_is_told_and_the_next_run_finishes(
    account: UserAccount, keychain: SecretService, server: FakeBackend
) -> None:
    await account.sign_in()
    keychain.lock()
    outcome = await account.uninstall()
    (problem,) = outcome.json()["problems"]
    assert (outcome.code, problem["code"]) == (1, "KEYCHAIN_LOCKED")
    assert [name.split("-")[0] for name in account.files()] == ["state", "state/account"]
    keychain.unlock()
    assert keychain.services() == [f"HiveSync {server.origin}#default"]
    await server.stop()  # a token that the server can't be told of is not left in the keychain for later
    again = await account.uninstall()
    assert (again.code, again.json()["problems"]) == (0, [])
    assert [each["server_told"] for each in again.json()["sessions"]] == [False]
    assert keychain.services() == []
    assert account.files() == []


@pytest.mark.parametrize("name", ["tray", "keeper"])
async def test_what_could_start_the_agent_again_ends_before_it(account: UserAccount, name: str) -> None:
    await account.run("agent", "start")
    folder = account.locations.runtime if name == "tray" else account.locations.log
    lock = folder / f"{'tray' if name == 'tray' else 'service'}.default.lock"
    program = (
        "import pathlib, sys, time; from hivesync.credentials.lock import FileLock;"
        "lock = FileLock(pathlib.Path(sys.argv[1])); print(lock.try_acquire(), flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", program, str(lock)]
    holder = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"True\n"
    report = (await account.uninstall()).json()
    assert report["ended"] == [f"{name} of profile default", "agent of profile default"]
    assert await end_of(holder) == -signal.SIGTERM
    assert account.files() == []
