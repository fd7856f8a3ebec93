"""After `hivesync uninstall` no process, listener, session or file of ours is left, and all else still is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hivesync.private_files import write_private
from hivesync_dev.servers.fake_backend import PASSWORD, FakeBackend
from hivesync_dev.terminal import Terminal
from hivesync_dev.user_account import UserAccount, has_ended, is_running

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and terminals")
LOGOUT = ("POST", "/api/v1/auth/logout")
FOLDERS = ("HIVESYNC_RUNTIME_DIR", "HIVESYNC_CONFIG_DIR", "HIVESYNC_STATE_DIR", "HIVESYNC_LOG_DIR")
IN_A_FILE = "--plaintext-storage"


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """Somebody else's process."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


async def test_two_profiles_go_and_a_second_run_finds_nothing(
    account: UserAccount, server: FakeBackend
) -> None:
    agents = [await account.sign_in(IN_A_FILE), await account.sign_in(profile="work")]
    assert (await account.run("support-bundle")).code == 0
    outcome = await account.uninstall()
    report = outcome.json()
    assert (outcome.code, report["problems"], report["left"]) == (0, [], [])
    assert report["profiles"] == ["default", "work"]
    assert report["ended"] == ["agent of profile default", "agent of profile work"]
    assert {(each["profile"], each["stored_in"], each["server_told"]) for each in report["sessions"]} == {
        ("default", "file", True),
        ("work", "file", True),
    }
    assert len(server.asked(*LOGOUT)) == 2
    assert account.files() == []
    assert not any(is_running(agent.pid) for agent in agents)
    again = await account.run("uninstall")
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith("Nothing of HiveSync is left")
    assert "uninstall" in again.out.splitlines()[-1]
    assert account.files() == []


async def test_what_is_not_ours_stays_and_is_told(account: UserAccount, tmp_path: Path) -> None:
    await account.sign_in(IN_A_FILE)
    await account.run("agent", "stop")
    state = account.locations.state
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "thesis.txt").touch()
    (state / "index").mkdir()
    foreign = [state / "notes.txt", state / "index" / "thesis.sqlite3", account.locations.log / "config.json"]
    for path in foreign:
        path.touch()
    (state / "previews").symlink_to(elsewhere)
    (Path(account.environ["HOME"]) / ".bashrc").write_text('eval "$(hivesync completion bash)"\n')
    outcome = await account.uninstall()
    left = {each["path"]: each["reason"] for each in outcome.json()["left"]}
    assert outcome.code == 0
    assert left.keys() == {
        *map(str, [*foreign, state / "previews"]),
        str(Path(account.environ["HOME"]) / ".bashrc"),
    }
    assert all(path.exists() for path in (*foreign, elsewhere / "thesis.txt"))
    assert account.files() == [
        *("log", "log/config.json", "state", "state/index", "state/index/thesis.sqlite3"),
        *("state/notes.txt", "state/previews"),
    ]
    again = (await account.uninstall()).json()
    assert (again["files"], len(again["left"])) == (0, len(left))


async def test_an_agent_of_another_shell_that_shares_its_files_goes_too(
    account: UserAccount, server: FakeBackend, tmp_path: Path
) -> None:
    """As after `su`: one shell knows XDG_RUNTIME_DIR and the other does not, so lock and token lie apart."""
    account.environ |= dict.fromkeys(FOLDERS, "")
    login = ("login", "--email", "ada", "--password-stdin", IN_A_FILE)
    assert (await account.run(*login, stdin=PASSWORD)).code == 0
    pid = (await account.run("agent", "status", "--json")).json()["status"]["pid"]
    await account.run("whoami")
    await server.stop()
    await account.run("api", "PUT", "projects/0193a000-0000-7000-8000-00000000000a/favorite")
    # Where such a folder can't be made, as /run/user/… by its user, nothing needs it.
    (tmp_path / "file").touch()
    account.environ["XDG_RUNTIME_DIR"] = str(tmp_path / "file" / "runtime")
    refused = await account.uninstall()
    assert "yet to take: 1." in refused.json()["detail"]
    report = (await account.uninstall("--discard-changes")).json()
    assert (report["problems"], report["left"]) == ([], [])
    assert (report["ended"], report["discarded_changes"]) == (["agent of profile default"], 1)
    assert len(report["sessions"]) == 1
    assert not is_running(pid)
    assert not (Path(account.environ["HOME"]) / ".local" / "state" / "hivesync").exists()
    assert not (Path(account.environ["HOME"]) / ".config" / "hivesync").exists()


async def test_offline_it_says_that_the_server_could_not_be_told(
    account: UserAccount, server: FakeBackend
) -> None:
    await account.sign_in(IN_A_FILE)
    await server.stop()
    outcome = await account.run("uninstall", "--yes")
    assert outcome.code == 0
    assert f"{server.origin} could not be told" in outcome.out
    assert account.files() == []


async def test_changes_that_wait_are_lost_only_if_that_is_said(
    account: UserAccount, server: FakeBackend
) -> None:
    agent = await account.sign_in(IN_A_FILE)
    assert (await account.run("whoami")).code == 0  # from now on the agent knows whose changes these are
    await server.stop()
    queued = await account.run("api", "PUT", "projects/0193a000-0000-7000-8000-00000000000a/favorite")
    assert queued.code == 4, queued.err
    refused = await account.uninstall()
    problem = refused.json()
    assert (refused.code, problem["code"]) == (1, "CONFLICT")
    assert "--discard-changes" in problem["detail"]
    assert is_running(agent.pid)
    assert (await account.uninstall("--discard-changes")).json()["discarded_changes"] == 1
    assert account.files() == []


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
async def test_an_agent_that_does_not_answer_goes_too(account: UserAccount, number: signal.Signals) -> None:
    agent = await account.sign_in(IN_A_FILE)
    os.kill(agent.pid, number)
    if number is signal.SIGKILL:
        await has_ended(agent.pid)
    outcome = await account.uninstall()
    assert (outcome.code, outcome.json()["problems"]) == (0, [])
    assert not is_running(agent.pid)
    assert account.files() == []


async def test_a_stale_file_that_names_another_program_costs_that_one_nothing(
    account: UserAccount, bystander: subprocess.Popen[bytes]
) -> None:
    agent = await account.sign_in(IN_A_FILE)
    os.kill(agent.pid, signal.SIGKILL)
    await has_ended(agent.pid)
    path = account.locations.discovery_file("default")
    write_private(path, json.dumps(asdict(replace(agent, pid=bystander.pid))).encode())
    assert (await account.uninstall()).code == 0
    assert bystander.poll() is None
    assert account.files() == []


async def test_a_session_that_no_keychain_gives_back_is_told_and_found_again(
    account: UserAccount, server: FakeBackend
) -> None:
    """As over ssh: the session was stored on the desktop, whose keychain can't be reached from here."""
    await account.sign_in(IN_A_FILE)
    (note,) = account.locations.state.glob("account-*-file.json")
    unreachable = note.with_name(note.name.replace("-file", "-keychain"))
    unreachable.write_bytes(note.read_bytes())
    outcome = await account.uninstall()
    (problem,) = outcome.json()["problems"]
    assert (outcome.code, problem["code"]) == (1, "KEYCHAIN_UNAVAILABLE")
    assert f"'HiveSync {server.origin}#default'" in problem["detail"]
    assert account.files() == ["state", f"state/{unreachable.name}"]
    assert [each["stored_in"] for each in outcome.json()["sessions"]] == ["file"]
    again = await account.uninstall()
    assert (again.code, again.json()["problems"]) == (1, [problem])
    unreachable.unlink()


async def test_without_a_terminal_it_needs_to_be_told_and_one_profile_alone_is_refused(
    account: UserAccount,
) -> None:
    await account.run("agent", "start")
    before = account.files()
    refused = await account.run("uninstall")
    assert refused.code == 2
    assert "agent of profile default" in refused.err
    assert "--yes" in refused.err
    alone = await account.run("uninstall", "--yes", "--profile", "work")
    assert alone.code == 2
    assert "hivesync --profile NAME logout" in alone.err
    assert account.files() == before
    assert is_running(account.agent().pid)


async def test_at_a_terminal_the_user_is_asked(account: UserAccount) -> None:
    await account.run("agent", "start")
    agent = account.agent()
    command = [sys.executable, "-m", "hivesync_agent", "uninstall"]
    for answer, goes in (("\n", False), ("y\n", True)):
        with Terminal(command, account.env(), account.folder.parent) as terminal:
            terminal.wait_for("Remove all this?")
            terminal.press(answer)
            assert (terminal.wait() == 0) is goes
        assert is_running(agent.pid) is not goes
    assert account.files() == []
