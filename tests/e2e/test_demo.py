"""`make demo` as its users and scripts see it: one process, which takes everything with it when it ends."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from hivesync_dev.browser import Phone
from hivesync_dev.demo.lan_address import lan_address
from hivesync_dev.paths import ROOT
from playwright.sync_api import expect

READY_SECONDS = 60.0
STACK_KEYS = {
    *("server_url", "worker_url", "agent_url", "discovery_file", "preview_url", "project_id", "preview_id"),
    *("email", "password", "ready_seconds"),
}


class RunningDemo:
    """A demo with a state folder of its own, beside any that the developer runs."""

    def __init__(self, folder: Path, project: Path, **options: str) -> None:
        self.folder = folder
        env = os.environ | {"HIVESYNC_DEMO_DIR": str(folder), "PROJECT": str(project)} | options
        env.pop("MAKELEVEL", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hivesync_dev.demo"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def wait_until_ready(self) -> dict[str, Any]:
        """Give `stack.json`, which is there once the preview is."""
        return dict(json.loads(self._wait_for(self.folder / "stack.json").read_text()))

    def wait_until_starting(self) -> None:
        """Return when its first child has been started."""
        self._wait_for(self.folder / "logs" / "server.log")

    def end(self) -> tuple[str, str]:
        """Wait until it has ended; give what it printed."""
        return self.process.communicate(timeout=READY_SECONDS)

    def _wait_for(self, path: Path) -> Path:
        ends = time.monotonic() + READY_SECONDS
        while not path.exists():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < ends, f"{path.name} never appeared"
            time.sleep(0.05)
        return path


def processes_of(folder: Path) -> list[str]:
    """Give the processes that name the folder on their command line or work in it, zombies too."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = process.cmdline()
            if any(str(folder) in word for word in [*words, process.cwd()]):
                found.append(" ".join(words) or process.name())
    return found


def wait_until_gone(folder: Path) -> None:
    ends = time.monotonic() + 20
    while left := processes_of(folder):
        assert time.monotonic() < ends, left
        time.sleep(0.05)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., RunningDemo]]:
    started: list[RunningDemo] = []

    def start(project: Path, **options: str) -> RunningDemo:
        started.append(RunningDemo(tmp_path / "demo state", project, **options))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.terminate()
        running.process.communicate()


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
    assert result["preview_url"] in out
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
    assert "there is no such file or folder" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
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


def test_even_kill_minus_nine_leaves_no_process(demo: Callable[..., RunningDemo], sample: Path) -> None:
    running = demo(sample)
    running.wait_until_ready()
    running.process.kill()
    running.process.communicate()
    wait_until_gone(running.folder)


def test_the_next_demo_starts_after_a_killed_one(demo: Callable[..., RunningDemo], sample: Path) -> None:
    first = demo(sample)
    first.wait_until_ready()
    first.process.kill()
    first.process.communicate()
    second = demo(sample, ONCE="1")
    _, err = second.end()
    assert second.process.returncode == 0, err


def test_a_second_demo_says_where_the_first_one_is(demo: Callable[..., RunningDemo], sample: Path) -> None:
    first = demo(sample)
    link = first.wait_until_ready()["preview_url"]
    second = demo(sample)
    _, err = second.end()
    assert second.process.returncode == 1
    assert link in err
    assert first.process.poll() is None


def test_make_passes_signals_and_its_own_death_on(tmp_path: Path, sample: Path) -> None:
    make = shutil.which("make")
    assert make is not None
    folder = tmp_path / "demo state"
    env = os.environ | {"HIVESYNC_DEMO_DIR": str(folder)}
    command = [make, "--silent", "demo", f"PROJECT={sample}"]
    with (tmp_path / "output").open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    ends = time.monotonic() + READY_SECONDS
    while not (folder / "stack.json").exists():
        assert process.poll() is None, (tmp_path / "output").read_text()
        assert time.monotonic() < ends
        time.sleep(0.05)

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
