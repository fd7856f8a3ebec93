"""What a person with a phone waits for, and what moves under the finger: the phone page on a slow device.

Chromium of a phone's size, its processor slowed down, opens the link of the React Native sample again and
again, each time as a phone that has nothing cached: once when the preview is ready, once while it is built. A
page of one line, in turn with them, says what the browser itself takes. Paints and layout shifts are told by
the browser (`PerformanceObserver`).
"""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hivesync_contract.previews import PreviewState
from hivesync_dev.browser import Phone, chromium, phone
from hivesync_dev.paths import EXAMPLES
from hivesync_dev.stack.stack import Stack, StackSettings
from playwright.sync_api import Browser, expect

SLOWER = 4
"""A phone of the middle class computes about this much slower than a desktop (Lighthouse's own factor)."""

_SAMPLE = "react-native-app"
_BARE = "http://bare.test/"
_DEADLINE_MS = 120_000.0
_OBSERVE = """() => {
  window.benchShifts = 0;
  window.benchPaints = {};
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.benchShifts += entry.hadRecentInput ? 0 : entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.benchPaints[entry.name] = entry.startTime;
  }).observe({ type: "paint", buffered: true });
}"""
# Two frames later what was measured for the last one has been told, too.
_READ = """() => new Promise((resolve) => {
  const shownAt = performance.now();
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve({
    paint: window.benchPaints["first-contentful-paint"], shown: shownAt, shifts: window.benchShifts,
  }))));
})"""


class BenchPhoneFailed(Exception):
    """The sample could not be previewed, so there is nothing to measure."""


def measure_phone(folder: Path, visits: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Give the medians of first paint and of the app's appearance in milliseconds, and the worst shift."""
    folder.mkdir(parents=True)
    bare: list[float] = []
    ready: list[dict[str, float]] = []
    early: list[dict[str, float]] = []
    with Stack(StackSettings(folder / "stack")) as stack, chromium() as browser, stack.api() as api:
        for number in range(visits):
            say(f"  visit {number + 1} of {visits}")
            bare.append(_visit_bare(browser))
            # To agent and backend each copy is a project of its own.
            project = Path(shutil.copytree(EXAMPLES / _SAMPLE, folder / f"app-{number}"))
            started = api.start_preview(str(project))
            early.append(_visit(browser, started.preview_url))
            preview = api.wait_for_preview(started.id, _DEADLINE_MS / 1000)
            if preview.state is not PreviewState.READY:
                raise BenchPhoneFailed(f"{preview.state}: {preview.error}")
            ready.append(_visit(browser, preview.preview_url))
    when_ready = _summary(ready)
    return {
        "slower": SLOWER,
        "visits": visits,
        "paint_ratio": when_ready["paint_ms"] / statistics.median(bare),
        "ready": when_ready,
        "early": _summary(early),
    }


def _visit(browser: Browser, link: str) -> dict[str, float]:
    with phone(browser) as visitor:
        _observe(visitor)
        visitor.open(link)
        expect(visitor.app.get_by_role("button").first).to_be_visible(timeout=_DEADLINE_MS)
        expect(visitor.page.locator(".screen")).to_have_count(0)
        return _seen(visitor)


def _visit_bare(browser: Browser) -> float:
    with phone(browser) as visitor:
        _observe(visitor)
        visitor.page.route(_BARE, lambda route: route.fulfill(content_type="text/html", body="<h1>One line"))
        visitor.open(_BARE)
        visitor.page.wait_for_function("() => 'first-contentful-paint' in window.benchPaints")
        return _seen(visitor)["paint"]


def _observe(visitor: Phone) -> None:
    """Slow the device down, and note what its page draws and moves."""
    visitor.page.add_init_script(f"({_OBSERVE})()")
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _seen(visitor: Phone) -> dict[str, float]:
    seen: dict[str, float] = visitor.page.evaluate(_READ)
    return seen


def _summary(visits: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {
        "paint_ms": statistics.median(each["paint"] for each in visits),
        "shown_ms": statistics.median(each["shown"] for each in visits),
        "shift": max(each["shifts"] for each in visits),
    }
