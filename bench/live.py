"""How long a save takes to be seen on the phone, in a live preview of 60 files, beside the HMR of Vite.

Both apps are open in the same Chromium, and take turns. A save is seen when the page's next frame after the
change of its text begins. When it was saved and when it was seen is told by the one clock of the machine.
What agent and room take of it, and what is sent for a save, is measured where the distance is made.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hivesync_contract.previews import PreviewState
from hivesync_dev.browser import chromium, phone
from hivesync_dev.node import NODE, node_env
from hivesync_dev.samples import install_declared, make_vite_project
from hivesync_dev.stack.api import AgentApi
from hivesync_dev.stack.environment import clean_env
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.ports import any_free_port, is_free
from hivesync_dev.stack.processes import Command
from hivesync_dev.stack.server import Server
from hivesync_dev.stack.stack import Stack, StackSettings
from hivesync_dev.waiting import wait_until
from playwright.sync_api import Browser, Frame, Page, expect

from bench.distance import Answer, Distance
from bench.tiles import FILES, make_native_app, make_web_app, marker, save_tile

ROUND_TRIP_SECONDS = 0.05
_DEADLINE_SECONDS = 120.0
# If the app starts anew, its frame is lost and this promise with it: then no module was exchanged.
_WATCH = """([text, deadline]) => {
  window.benchSeen = new Promise((resolve, reject) => {
    const observer = new MutationObserver(() => {
      if (!document.body.innerText.includes(text)) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(Date.now()));
    });
    observer.observe(document, { subtree: true, childList: true, characterData: true });
    setTimeout(() => reject(new Error(`"${text}" was never seen.`)), deadline);
  });
}"""


class BenchLiveFailed(Exception):
    """The app could not be previewed live, so there is nothing to measure."""


@dataclass(slots=True)
class _Shown:
    """An app that is open in a browser, with what its saves took."""

    tiles: Path
    page: Page
    frame: Frame
    milliseconds: list[float] = field(default_factory=list)
    saves: int = 0
    saved_at: float = 0.0
    """When the last save began, in seconds since 1970."""

    def save(self) -> int:
        """Save the next file, wait until it is seen; give the size of the file."""
        self.saves += 1
        self.page.bring_to_front()
        self.frame.evaluate(_WATCH, [marker(self.saves), _DEADLINE_SECONDS * 1000])
        self.saved_at = time.time()
        size = save_tile(self.tiles, self.saves)
        self.milliseconds.append(self.frame.evaluate("() => window.benchSeen") - self.saved_at * 1000)
        return size

    def warm_up(self) -> None:
        """Save once what does not count."""
        self.save()
        self.milliseconds.clear()


def measure_live(folder: Path, saves: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Give p50 and p95 in milliseconds: nearby beside Vite, and with a distance from agent to Worker."""
    folder.mkdir(parents=True)
    with chromium() as browser:
        say(f"  nearby, {saves} saves")
        nearby = _measure_nearby(folder, browser, saves)
        say(f"  {ROUND_TRIP_SECONDS * 1000:.0f} ms away, {saves} saves")
        return {"files": FILES, "saves": saves} | nearby | _measure_far(folder, browser, saves)


def _measure_nearby(folder: Path, browser: Browser, saves: int) -> dict[str, Any]:
    vite = make_vite_project("react-ts", folder)
    install_declared(vite)
    tiles = make_web_app(vite)
    with Stack(StackSettings(folder / "near")) as stack, _live(stack, browser, folder / "near-app") as ours:
        server = _ViteServer(vite, folder / "vite.log")
        stack.runner.start(server)
        with _opened(browser, tiles, server.url, framed=False) as theirs:
            for shown in (ours, theirs):
                shown.warm_up()
            for _ in range(saves):
                ours.save()
                theirs.save()
    version = json.loads((vite / "node_modules/vite/package.json").read_text("utf-8"))["version"]
    ratio = statistics.median(ours.milliseconds) / statistics.median(theirs.milliseconds)
    return {
        "vite": version,
        **_percentiles("near", ours.milliseconds),
        **_percentiles("vite", theirs.milliseconds),
        "ratio": ratio,
    }


def _measure_far(folder: Path, browser: Browser, saves: int) -> dict[str, Any]:
    stack = Stack(StackSettings(folder / "far"))
    near = stack.worker.settings.url
    sent: list[float] = []
    agent: list[float] = []
    room: list[float] = []
    with Distance(stack.worker.settings.port, ROUND_TRIP_SECONDS) as far:
        # All but the phone reach the Worker from afar.
        away = f"http://127.0.0.1:{far.port}"
        stack.server = Server(replace(stack.server.settings, worker_url=away, preview_public_url=near))
        with stack, _live(stack, browser, folder / "far-app") as ours:
            ours.warm_up()
            for _ in range(saves):
                answers, asked = len(far.answers), far.asked_bytes
                size = ours.save()
                answer = _answer(far, answers)
                sent.append((far.asked_bytes - asked) / size)
                agent.append((answer.asked_at - ours.saved_at) * 1000)
                room.append(answer.seconds * 1000)
    return {
        "round_trip_ms": ROUND_TRIP_SECONDS * 1000,
        **_percentiles("far", ours.milliseconds),
        **_percentiles("agent", agent),
        **_percentiles("room", room),
        "sent_ratio": statistics.median(sent),
    }


def _answer(far: Distance, before: int) -> Answer:
    """Give the room's answer to a save; that comes after what phones hear. A ping is answered sooner."""
    wait_until(lambda: len(far.answers) > before)
    return max(far.answers[before:], key=lambda answer: answer.seconds)


@contextmanager
def _live(stack: Stack, browser: Browser, project: Path) -> Iterator[_Shown]:
    """Give the app in a live preview, with a phone and the agent in its room."""
    tiles = make_native_app(project)
    with stack.api() as api:
        started = api.start_preview(str(project), live=True)
        preview = api.wait_for_preview(started.id, _DEADLINE_SECONDS)
        if preview.state is not PreviewState.READY:
            raise BenchLiveFailed(f"{preview.state}: {preview.error}")
        with _opened(browser, tiles, preview.preview_url, framed=True) as shown:
            wait_until(lambda: api.preview(preview.id).devices, deadline_seconds=_DEADLINE_SECONDS)
            yield shown
        _check_room_showed_all(api, preview.id)


def _check_room_showed_all(api: AgentApi, preview_id: str) -> None:
    version = api.preview(preview_id).version
    if version != 1:
        raise BenchLiveFailed(f"{version - 1} saves became versions, not modules.")
    api.stop_preview(preview_id)


@contextmanager
def _opened(browser: Browser, tiles: Path, url: str, *, framed: bool) -> Iterator[_Shown]:
    with phone(browser) as opened:
        opened.open(url)
        page = opened.page
        app = opened.app if framed else page
        expect(app.get_by_text(marker(0)).first).to_be_visible(timeout=_DEADLINE_SECONDS * 1000)
        yield _Shown(tiles, page, page.frames[-1])


class _ViteServer(Part):
    """`vite`, the development server of the project's own version."""

    name = "vite"

    def __init__(self, project: Path, log: Path) -> None:
        super().__init__()
        self._port = any_free_port()
        self._project, self._log = project, log
        self.url = f"http://127.0.0.1:{self._port}/"

    def command(self) -> Command:
        vite = self._project / "node_modules" / "vite" / "bin" / "vite.js"
        options = ["--host", "127.0.0.1", "--port", str(self._port), "--strictPort"]
        return Command(
            self.name, [str(NODE), str(vite), *options], node_env(clean_env()), self._project, self._log
        )

    def is_ready(self) -> bool:
        return not is_free(self._port)


def _percentiles(name: str, values: list[float]) -> dict[str, float]:
    steps = statistics.quantiles(values, n=20, method="inclusive")
    return {f"{name}_p50_ms": statistics.median(values), f"{name}_p95_ms": steps[-1]}
