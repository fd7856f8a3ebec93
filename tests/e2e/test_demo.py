"""`make demo` as its users and scripts see it: one process, which takes everything with it when it ends."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from hivesync_dev.browser import Phone
from hivesync_dev.demo.lan_address import lan_address
from hivesync_dev.demo.running import RunningDemo, processes_of, wait_for_file, wait_until_gone
from hivesync_dev.paths import ROOT, VENV_BIN
from hivesync_dev.terminal import CTRL_C, Terminal
from playwright.sync_api import expect

STACK_KEYS = {
    *("server_url", "worker_url", "agent_url", "discovery_file", "preview_url", "project_id", "preview_id"),
    *("email", "password", "ready_seconds"),
}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., RunningDemo]]:
    started: list[RunningDemo] = []

    def start(project: Path, **options: str) -> RunningDemo:
        started.append(RunningDemo(tmp_path / "demo state", project, **options))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def sample(vite_template: Callable[[str], Path]) -> Path:
    return vite_template("vanilla")


def test_once_looks_at_everything_and_leaves_nothing(demo: Callable[..., RunningDemo], sample: Path) -> None:
    running = demo(sample, ONCE="1")
    out, err = running.end()
    assert running.process.returncode == 0, err
    result = json.loads(out.splitlines()[-1])
    assert set(result) >= STACK_KEYS
    assert result["fetched"] >= 8
    assert len(out.splitlines()) == 1
    assert "scan" not in err.lower()
    assert processes_of(running.folder) == []
    assert not (running.folder / "stack.json").exists()


def test_once_fails_with_the_reason_and_the_place(demo: Callable[..., RunningDemo], project: Path) -> None:
    (project / "src" / "App.tsx").write_text("export default (")
    running = demo(project, ONCE="1")
    _, err = running.end()
    assert running.process.returncode == 1
    assert "PREVIEW_BUILD_FAILED" in err
    assert "src/App.tsx:1:" in err
    assert "Traceback" not in err
    assert processes_of(running.folder) == []


def test_once_of_an_unsupported_kind_says_why(demo: Callable[..., RunningDemo], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    running = demo(tmp_path / "empty", ONCE="1")
    _, err = running.end()
    assert running.process.returncode == 1
    assert "PREVIEW_UNSUPPORTED" in err
    assert "Traceback" not in err


def test_a_wrong_option_is_told_at_once(demo: Callable[..., RunningDemo], tmp_path: Path) -> None:
    running = demo(tmp_path / "nowhere")
    _, err = running.end()
    assert running.process.returncode == 2
    assert "VALIDATION_ERROR" in err
    assert "there is no such file or folder" in err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(
    number: signal.Signals, demo: Callable[..., RunningDemo], sample: Path
) -> None:
    running = demo(sample)
    description = running.wait_until_ready()
    assert set(description) == STACK_KEYS
    assert (running.folder / "stack.json").stat().st_mode & 0o777 == 0o600

    running.process.send_signal(number)
    out, err = running.end()

    assert running.process.returncode == 0, err
    assert description["preview_url"] in out
    assert "make demo LAN=1" in err
    assert "ten minutes" in err
    assert not (running.folder / "env").exists()
    assert "nothing is left running" in err
    assert processes_of(running.folder) == []
    assert not (running.folder / "stack.json").exists()


def test_a_signal_during_the_start_stops_everything(demo: Callable[..., RunningDemo], sample: Path) -> None:
    running = demo(sample)
    running.wait_until_starting()
    running.process.send_signal(signal.SIGINT)
    _, err = running.end()
    assert running.process.returncode == 1
    assert "Traceback" not in err
    assert processes_of(running.folder) == []


def test_the_next_demo_starts_after_a_killed_one(demo: Callable[..., RunningDemo], sample: Path) -> None:
    first = demo(sample)
    first.wait_until_ready()
    first.process.kill()
    first.process.communicate()
    second = demo(sample, ONCE="1")
    _, err = second.end()
    assert second.process.returncode == 0, err


def in_shell_of(running: RunningDemo, *arguments: str) -> str:
    """Run the `hivesync` command as the demo tells its user to."""
    script = '. "$0" && exec "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", script, running.folder / "env", VENV_BIN / "hivesync", *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def start_agent(running: RunningDemo) -> int:
    """Start a detached agent as a user may, in the demo's own folder; give its process id."""
    return int(json.loads(in_shell_of(running, "agent", "start", "--json"))["pid"])


def still_runs(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def test_at_a_terminal_enter_gives_the_link_again_and_ctrl_c_ends_it(tmp_path: Path, sample: Path) -> None:
    folder = tmp_path / "demo state"
    env = os.environ | {"HIVESYNC_DEMO_DIR": str(folder), "PROJECT": str(sample)}
    env.pop("MAKELEVEL", None)
    shown_link = f"{sample.name} is at http://"
    with Terminal([sys.executable, "-m", "hivesync_dev.demo"], env, ROOT) as terminal:
        terminal.wait_for(shown_link)
        terminal.wait_for("For a new link press Enter.")
        terminal.press("\n")
        terminal.wait_for(shown_link)
        terminal.press("not a line")
        terminal.press(CTRL_C)
        assert terminal.wait() == 0
    assert processes_of(folder) == []


def test_a_second_demo_says_where_the_first_one_is_which_ends_when_its_backend_dies(
    demo: Callable[..., RunningDemo], sample: Path
) -> None:
    running = demo(sample)
    link = running.wait_until_ready()["preview_url"]
    second = demo(sample)
    _, err = second.end()
    assert second.process.returncode == 1
    assert link in err
    assert running.process.poll() is None

    children = psutil.Process(running.process.pid).children()
    next(child for child in children if any("hivesync-server" in word for word in child.cmdline())).kill()
    _, err = running.end()
    assert running.process.returncode == 1
    assert "The backend ended (signal 9); see " in err
    assert "server.log" in err
    assert "Traceback" not in err
    assert processes_of(running.folder) == []


def test_the_env_file_leads_the_command_to_the_demo_which_ends_with_its_agent(
    demo: Callable[..., RunningDemo], sample: Path
) -> None:
    running = demo(sample)
    description = running.wait_until_ready()
    assert (running.folder / "env").stat().st_mode & 0o777 == 0o600
    me = json.loads(in_shell_of(running, "api", "GET", "/api/v1/auth/me"))
    assert me["email"] == description["email"]

    in_shell_of(running, "agent", "stop")
    _, err = running.end()
    assert running.process.returncode == 1
    assert "The agent ended (exit code 0); see " in err


def test_an_agent_that_was_started_anew_ends_with_the_demo(
    demo: Callable[..., RunningDemo], sample: Path
) -> None:
    running = demo(sample)
    running.wait_until_ready()
    # Held still, so that it does not notice the end of its own agent before the other one runs.
    running.process.send_signal(signal.SIGSTOP)
    try:
        in_shell_of(running, "agent", "stop")
        pid = start_agent(running)
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.send_signal(signal.SIGCONT)
    _, err = running.end()
    assert "nothing is left running" in err
    assert not still_runs(pid)


def test_kill_minus_nine_leaves_no_process_and_an_agent_started_after_it_ends_with_the_next(
    demo: Callable[..., RunningDemo], sample: Path
) -> None:
    first = demo(sample)
    first.wait_until_ready()
    first.process.kill()
    first.process.communicate()
    wait_until_gone(first.folder)
    pid = start_agent(first)
    second = demo(sample, ONCE="1")
    _, err = second.end()
    assert second.process.returncode == 0, err
    assert not still_runs(pid)


def test_a_project_that_does_not_build_is_shown_as_such(
    demo: Callable[..., RunningDemo], project: Path
) -> None:
    (project / "src" / "App.tsx").write_text("export default (")
    running = demo(project)
    link = running.wait_until_ready()["preview_url"]
    running.process.send_signal(signal.SIGINT)
    out, err = running.end()
    assert running.process.returncode == 0
    assert "src/App.tsx:1:" in err
    assert link in out
    assert not (running.folder / "env").exists()
    assert "nothing is left running" in err
    assert processes_of(running.folder) == []
    assert not (running.folder / "stack.json").exists()


def test_when_make_is_killed_the_demo_ends_too(tmp_path: Path, sample: Path) -> None:
    make = shutil.which("make")
    assert make is not None
    folder = tmp_path / "demo state"
    env = os.environ | {"HIVESYNC_DEMO_DIR": str(folder)}
    command = [make, "--silent", "demo", f"PROJECT={sample}"]
    with (tmp_path / "output").open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output, text=True)
    wait_for_file(folder / "stack.json", process)

    process.kill()
    process.wait()

    wait_until_gone(folder)


def test_lan_shows_the_page_on_the_network_and_nothing_else(
    demo: Callable[..., RunningDemo], sample: Path, phone: Phone
) -> None:
    address = lan_address()
    if address is None:
        pytest.skip("this machine has no network address")
    running = demo(sample, LAN="1")
    link = running.wait_until_ready()["preview_url"]
    assert link.startswith(f"http://{address}:")

    phone.open(link)

    expect(phone.app.get_by_role("heading", name="Get started")).to_be_visible()
    assert phone.page.evaluate("() => isSecureContext") is False
    origin = link.partition("/p/")[0]
    for path in ("/jobs", "/health", "/cdn-cgi/local/r2/s3/hivesync-previews", "/"):
        assert httpx.get(origin + path, trust_env=False).status_code == 404
    # Chromium notes that it ignores this header where the origin is not secure, which a LAN's never is.
    assert [error for error in phone.errors if "Cross-Origin-Opener-Policy" not in error] == []
