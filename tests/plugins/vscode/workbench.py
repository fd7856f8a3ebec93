"""A person at the workbench: runs commands, picks, types, reads what is shown."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hivesync_dev.browser import keep_screenshot
from playwright.sync_api import FrameLocator, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

_SECONDS = 1000.0
PATIENCE_MS = 45 * _SECONDS


class Workbench:
    """One VS Code window in Chromium."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)

    def open(self, url: str, folder: str) -> None:
        """Open a folder, and wait until it can be worked in."""
        self.page.goto(f"{url}/?folder={folder}", wait_until="commit", timeout=2 * PATIENCE_MS)
        expect(self.page.locator(".explorer-folders-view .monaco-list-row").first).to_be_visible(
            timeout=2 * PATIENCE_MS
        )
        # Which it is, for a folder that nobody has opened before; the window finds out late.
        expect(self._restricted).to_be_visible(timeout=2 * PATIENCE_MS)

    @property
    def _restricted(self) -> Locator:
        return self.page.locator(".statusbar").get_by_role("button", name="Restricted Mode")

    def run(self, command: str) -> None:
        """Run a command by the palette."""
        # One that is closing still takes keys.
        expect(self.quick_input).to_have_count(0)
        ends = time.monotonic() + PATIENCE_MS / _SECONDS
        while not self._runs(command):
            assert time.monotonic() < ends, f"the palette does not offer {command}"

    def _runs(self, command: str) -> bool:
        """Try once: what ran before may close the palette by taking the focus, or ours are not there yet."""
        box = self.quick_input.locator("input").first
        row = self.quick_input.locator(".monaco-list-row", has_text=command).first
        if box.count() == 0:
            self.page.keyboard.press("F1")
        try:
            # The list does not grow by itself when an extension brings its commands.
            box.fill(">", timeout=3 * _SECONDS)
            box.fill(f">{command}", timeout=3 * _SECONDS)
            row.click(timeout=3 * _SECONDS)
        except PlaywrightTimeout:
            return False
        return True

    @property
    def quick_input(self) -> Locator:
        """Give the palette, a pick list or an input box."""
        return self.page.locator(".quick-input-widget:visible")

    def pick(self, text: str) -> None:
        """Choose a line of the pick list that is open."""
        self.quick_input.locator(".monaco-list-row", has_text=text).first.click()

    def answer(self, question: str, text: str) -> None:
        """Type into the input box that asks this, and confirm."""
        expect(self.quick_input).to_contain_text(question)
        self.quick_input.locator("input").first.fill(text)
        self.page.keyboard.press("Enter")

    def trust(self) -> None:
        """Trust the folder that is open, unless that has been done."""
        restricted = self._restricted
        if restricted.is_visible():
            restricted.click()
            editor = self.page.locator(".workspace-trust-editor")
            editor.get_by_role("button", name="Trust", exact=True).first.click()
            expect(restricted).to_be_hidden()
            self.page.get_by_role("button", name="Close Modal Editor").click()
            expect(editor).to_be_hidden()

    def open_file(self, name: str) -> None:
        """Open a file of the folder, by its name."""
        self.page.keyboard.press("Control+P")
        self.quick_input.locator("input").first.fill(name)
        self.pick(name.rpartition("/")[2])
        expect(self.page.locator(".tab.active", has_text=name.rpartition("/")[2]).first).to_be_visible()

    def focus_editor(self) -> None:
        """Go back to the text from a panel beside it."""
        self.run("View: Focus First Editor Group")

    def go_to_line(self, line: int | str) -> None:
        """Put the cursor on a line of the active editor, or on a `line:column`."""
        self.page.keyboard.press("Control+G")
        expect(self.quick_input).to_be_visible()
        self.quick_input.locator("input").first.fill(f":{line}")
        self.page.keyboard.press("Enter")

    def text(self, words: str) -> Locator:
        """Give the text area (editor, diff, output) that shows these words."""
        return self.page.locator(".view-lines", has_text=words).first

    @property
    def panel(self) -> Locator:
        """Give the text of the panel below, as far as it is not scrolled away."""
        return self.page.locator(".part.panel .view-lines")

    @property
    def problems(self) -> Locator:
        """Give the list of what is wrong with the files."""
        return self.page.locator(".markers-panel")

    @property
    def status(self) -> Locator:
        """Give our item of the status bar."""
        return self.page.locator(".statusbar").get_by_role("button", name=re.compile("^HiveSync"))

    def message(self, text: str | re.Pattern[str]) -> Locator:
        """Give the message box that says so."""
        return self.page.locator(".notification-toast", has_text=text).first

    def press(self, message: str | re.Pattern[str], button: str) -> None:
        """Press a button of a message."""
        self.message(message).get_by_role("button", name=button).click()

    def clear_messages(self) -> None:
        """Take all messages away."""
        self.run("Notifications: Clear All Notifications")

    def row(self, words: str) -> Locator:
        """Give a line of the side bar's views."""
        return self.page.locator(".pane-body .monaco-list-row", has_text=words).first

    def act_on(self, words: str, action: str) -> None:
        """Press a button that a line of the side bar has while the mouse is over it."""
        self.row(words).hover()
        self.row(words).get_by_role("button", name=action).click()

    def choose_for(self, words: str, action: str, choice: str) -> None:
        """Press such a button and pick from what it offers; again if news redrew the line under the mouse."""
        row = self.quick_input.locator(".monaco-list-row", has_text=choice).first
        ends = time.monotonic() + PATIENCE_MS / _SECONDS
        while not row.is_visible():
            assert time.monotonic() < ends, f"{action} offers no {choice}"
            self.act_on(words, action)
            self.page.wait_for_timeout(500)
        row.click()

    @contextmanager
    def comment(self, text: str) -> Iterator[None]:
        """Write into the thread that is open, and send it at the end."""
        thread = self.page.locator(".review-widget:visible").first
        thread.locator(
            ".review-thread-reply-button:visible, .comment-form .monaco-editor:visible"
        ).first.click()
        self.page.keyboard.insert_text(text)
        yield
        thread.get_by_role("button", name="Add Comment").click()

    @property
    def comments(self) -> Locator:
        """Give what is said in the threads that are open."""
        return self.page.locator(".review-widget:visible .review-comment")

    @property
    def clipboard(self) -> str:
        """Give what was copied."""
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    @property
    def web_page(self) -> FrameLocator:
        """Give the page of the webview that was opened last."""
        return self.page.frame_locator("iframe.webview.ready").last.frame_locator("iframe#active-frame")

    def screenshot(self, name: str) -> None:
        """Keep a picture for the documentation if that is asked for, else nowhere."""
        if os.environ.get("HIVESYNC_UPDATE_SCREENSHOTS") == "1":
            self.page.mouse.move(640, 5)
            self.page.wait_for_timeout(400)
            keep_screenshot(self.page, f"vscode-{name}")
