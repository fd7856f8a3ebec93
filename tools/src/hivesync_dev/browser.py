"""A phone for tests: Debian's Chromium at the size of one, with touch. Opens previews; makes none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Page, sync_playwright

from hivesync_dev.node import NODE
from hivesync_dev.paths import ROOT
from hivesync_dev.testing import require_tool

WIDTH, HEIGHT = 390, 844
_SCALE = 2
_SCREENSHOTS = ROOT / "docs" / "screenshots"
_ARGUMENTS = (
    "--no-sandbox",  # tests may run as root in a container, where Chromium's own sandbox can't start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # An emulated scale does not reach frames of another origin: the app would be blurred on screenshots.
    f"--force-device-scale-factor={_SCALE}",
)


class Phone:
    """One browser tab. `errors` holds what the page, or the app in it, wrote to the console as an error."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, link: str) -> None:
        """Follow a phone link."""
        self.page.goto(link)

    @property
    def app(self) -> FrameLocator:
        """The previewed app, which runs in a frame of an origin of its own."""
        return self.page.frame_locator("iframe")

    def keep_screenshot(self, name: str) -> None:
        """Write docs/screenshots/NAME.png, only when HIVESYNC_UPDATE_SCREENSHOTS=1 asks for it."""
        keep_screenshot(self.page, name)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)


def keep_screenshot(page: Page, name: str) -> None:
    """Write docs/screenshots/NAME.png of any page, only when HIVESYNC_UPDATE_SCREENSHOTS=1 asks for it."""
    if os.environ.get("HIVESYNC_UPDATE_SCREENSHOTS") == "1":
        _SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=_SCREENSHOTS / f"{name}.png", animations="disabled")


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Start Chromium, with more arguments if need be; skip where it is not installed (fail in CI)."""
    executable = require_tool("chromium", "sudo apt-get install chromium")
    # The Node that Playwright brings needs libatomic, which a small Debian lacks; ours needs nothing.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(NODE))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*_ARGUMENTS, *arguments])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def phone(browser: Browser) -> Iterator[Phone]:
    """Give a fresh phone: no cookies, no storage, nothing cached."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=_SCALE,
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(20_000)
    try:
        yield Phone(context.new_page())
    finally:
        context.close()
