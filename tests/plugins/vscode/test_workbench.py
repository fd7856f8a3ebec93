"""The extension in a real VS Code workbench, with a real backend, Worker and agent behind it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import COUNTER, Desk
from .model import ASKED
from .workbench import Workbench

# The first one also installs code-server and starts everything.
pytestmark = pytest.mark.timeout(480)


def test_in_a_folder_that_is_not_trusted_previews_wait(workbench: Workbench) -> None:
    expect(workbench.status).to_contain_text("Premium")
    workbench.page.keyboard.press("F1")
    workbench.quick_input.locator("input").first.fill(">HiveSync: ")
    rows = workbench.quick_input.locator(".monaco-list-row")
    expect(rows.filter(has_text="HiveSync: Doctor")).to_be_visible()
    expect(rows.filter(has_text="HiveSync: Generate AI Docs")).to_have_count(0)
    workbench.page.keyboard.press("Escape")


def test_docs_are_made_of_unsaved_text_and_their_change_is_applied_on_request(
    desk: Desk, workbench: Workbench
) -> None:
    workbench.trust()
    workbench.open_file("src/Counter.tsx")
    workbench.go_to_line(7)
    workbench.page.keyboard.type("// not saved yet")
    workbench.run("HiveSync: Generate AI Docs")
    page = workbench.web_page
    expect(page.locator("#summary")).to_contain_text("The counter of the start page.")
    expect(page.locator("#engine")).to_contain_text("openai-compatible, test-model")
    assert "not saved yet" in ASKED[-1]
    page.locator("#change").click()
    expect(workbench.text("A button that counts")).to_be_visible()
    workbench.screenshot("ai-docs")
    workbench.run("HiveSync: Apply Suggested Change")
    expect(workbench.message("The change is made but not saved")).to_be_visible()
    assert (desk.folder / "src" / "Counter.tsx").read_text() == COUNTER
    workbench.run("File: Revert File")
