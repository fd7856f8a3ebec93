"""The extension in a real VS Code workbench, with a real backend, Worker and agent behind it."""

from __future__ import annotations

import re
import subprocess

import pytest
from hivesync_dev.browser import Phone
from playwright.sync_api import expect

from .conftest import COUNTER, Desk
from .team import Colleague
from .workbench import Workbench

# The first one also installs code-server and starts everything.
pytestmark = pytest.mark.timeout(480)


def test_in_a_folder_that_is_not_trusted_previews_wait(desk: Desk) -> None:
    workbench = desk.workbench
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
    workbench.open_file("src/Counter.tsx")
    workbench.go_to_line(7)
    workbench.page.keyboard.type("// not saved yet")
    workbench.run("HiveSync: Generate AI Docs")
    page = workbench.web_page
    expect(page.locator("#summary")).to_contain_text("The counter of the start page.")
    expect(page.locator("#engine")).to_contain_text("openai-compatible, test-model")
    assert "not saved yet" in desk.model.asked[-1]
    page.locator("#change").click()
    expect(workbench.text("A button that counts")).to_be_visible()
    workbench.screenshot("ai-docs")
    workbench.run("HiveSync: Apply Suggested Change")
    expect(workbench.message("The change is made but not saved")).to_be_visible()
    assert (desk.folder / "src" / "Counter.tsx").read_text() == COUNTER
    workbench.run("File: Revert File")


def test_what_can_not_be_documented_is_said_in_a_sentence(desk: Desk, workbench: Workbench) -> None:
    for name, sentence in {
        "logo.png": "logo.png is no text: it is binary, too large, or gone.",
        "logo.bin": "logo.bin is no text: it is binary, too large, or gone.",
        "huge.txt": "huge.txt is larger than 1024 KB, the most that is explained.",
        "gone.txt": "gone.txt does not exist or can't be read.",
    }.items():
        workbench.open_file(name)
        if name == "gone.txt":
            (desk.folder / name).unlink()
        workbench.run("HiveSync: Generate AI Docs")
        expect(workbench.message(sentence)).to_be_visible()
    (desk.folder / "huge.txt").unlink()


def test_what_does_not_build_is_among_the_problems_until_it_is_mended(
    desk: Desk, workbench: Workbench
) -> None:
    counter = desk.folder / "src" / "Counter.tsx"
    workbench.open_file("src/Counter.tsx")
    counter.write_text(COUNTER.replace("<button", "<<button"))
    workbench.run("HiveSync: Request Preview")
    expect(workbench.message(re.compile("Unexpected"))).to_be_visible()
    workbench.run("Problems: Focus on Problems View")
    expect(workbench.problems).to_contain_text("HiveSyncPREVIEW_BUILD_FAILED[Ln 5, Col 10]")
    expect(workbench.web_page.locator("#problem-list")).to_contain_text("src/Counter.tsx:5: Unexpected")
    expect(workbench.web_page.locator("#code")).to_be_hidden()
    workbench.clear_messages()
    workbench.screenshot("problems")

    workbench.focus_editor()
    counter.write_text(COUNTER)
    workbench.run("HiveSync: Request Preview")
    expect(workbench.web_page.locator("#state")).to_contain_text("Ready")
    expect(workbench.problems).to_contain_text("No problems have been detected")
    workbench.run("View: Hide Panel")


def test_a_live_preview_is_seen_on_a_phone_and_follows_each_save(
    desk: Desk, workbench: Workbench, phone: Phone
) -> None:
    workbench.open_file("src/Counter.tsx")
    workbench.run("HiveSync: Live Preview")
    panel = workbench.web_page
    expect(panel.locator("#state")).to_have_text("Live: it changes with every save.")
    panel.locator("#copy").click()
    expect(workbench.message("The phone link is in the clipboard")).to_be_visible()
    phone.open(workbench.clipboard)
    phone.app.get_by_role("button", name="pressed 0 times").click()
    expect(panel.locator("#phone-list")).to_contain_text("Chrome")

    workbench.focus_editor()
    workbench.go_to_line("5:75")
    workbench.page.keyboard.insert_text(" today")
    workbench.page.keyboard.press("Control+S")
    expect(phone.app.get_by_role("button", name="pressed 1 times today")).to_be_visible()

    workbench.run("HiveSync: Show Phone Console")
    expect(workbench.text("the shop has opened")).to_contain_text("src/main.tsx:4:9")
    workbench.clear_messages()
    workbench.screenshot("console")
    workbench.page.locator(".detected-link", has_text="main.tsx").click(modifiers=["Control"])
    expect(workbench.page.locator(".tab.active", has_text="main.tsx")).to_be_visible()
    workbench.run("View: Hide Panel")

    panel.locator("#stop").click()
    expect(workbench.message("The preview of index.html has stopped")).to_be_visible()
    workbench.screenshot("stop")
    expect(panel.locator("#stop")).to_be_hidden()
    (desk.folder / "src" / "Counter.tsx").write_text(COUNTER)


def test_tasks_are_made_and_move_on_for_everybody(workbench: Workbench, mia: Colleague) -> None:
    workbench.run("HiveSync: Open Tasks")
    expect(workbench.row("shop")).to_contain_text("open here")
    workbench.run("HiveSync: New Task")
    workbench.answer("What is to be done?", "Keep the count")
    expect(workbench.row("Keep the count")).to_contain_text("Open")
    workbench.choose_for("Keep the count", "Change Task Status", "In progress")
    expect(workbench.row("Keep the count")).to_contain_text("In progress")
    assert mia.task("Keep the count")["status"] == "in_progress"
    mia.move_task("Keep the count", "done")
    expect(workbench.row("Keep the count")).to_contain_text("Done")
    workbench.clear_messages()
    workbench.screenshot("tasks")
    workbench.act_on("Keep the count", "Comment on Task")
    workbench.answer("Comment on “Keep the count”", "From one on, please.")
    expect(workbench.message("Your comment is there.")).to_be_visible()
    workbench.clear_messages()
    workbench.row("Keep the count").click()
    expect(workbench.quick_input).to_contain_text("From one on, please.")
    workbench.screenshot("task")
    workbench.page.keyboard.press("Escape")


def test_comments_on_a_line_are_answered_and_told(workbench: Workbench, mia: Colleague) -> None:
    workbench.open_file("src/Counter.tsx")
    workbench.go_to_line(4)
    workbench.run("HiveSync: Open Comments")
    with workbench.comment("Should it begin at one, @mia?"):
        # What others say meanwhile takes nobody's words away.
        mia.comment("src/Counter.tsx", 6, "Is this the end?")
        expect(workbench.page.locator(".comment-range-glyph.comment-thread")).to_have_count(2)
    expect(workbench.comments).to_contain_text(["Should it begin at one, @mia?"])
    mia.comment("src/Counter.tsx", 4, "No, @demo, at [nothing](command:hivesync.logOut).")
    expect(workbench.comments).to_contain_text(["Should it begin", "at [nothing](command:hivesync.logOut)."])

    workbench.press("mia mentioned you", "Show Notifications")
    told, other = workbench.row("mia mentioned you"), workbench.row("mia commented on")
    expect(told).to_have_accessible_name(re.compile("unread, now"))
    workbench.clear_messages()
    workbench.screenshot("comments")
    workbench.act_on("mia mentioned you", "Mark as Read")
    expect(told).not_to_have_accessible_name(re.compile("unread"))
    other.click()
    expect(workbench.comments.filter(has_text="Is this the end?")).to_be_visible()
    expect(other).not_to_have_accessible_name(re.compile("unread"))


def test_what_others_wrote_is_no_link_and_no_icon(workbench: Workbench, mia: Colleague) -> None:
    workbench.run("View: Hide Panel")
    mia.assign_task("Try the dark colours")
    workbench.press("mia assigned", "Show Notifications")
    expect(workbench.row("mia assigned")).to_have_accessible_name(re.compile("unread"))
    mia.assign_task("Choose the first screen")
    expect(workbench.message("Choose the first screen")).to_be_visible()
    workbench.screenshot("notifications")
    workbench.clear_messages()
    mia.assign_task("$(bug) [press](command:hivesync.logOut)")
    told = workbench.message("mia assigned")
    expect(told).to_contain_text("$(bug) [press] (command:hivesync.logOut)")
    expect(told.locator("a[href]")).to_have_count(0)
    workbench.run("HiveSync: Open Tasks")
    expect(workbench.row("press")).to_contain_text("$(bug) [press](command:hivesync.logOut)")
    workbench.run("HiveSync: Comment on Task")
    workbench.pick("$ (bug) [press] (command:hivesync.logOut)")
    expect(workbench.quick_input).to_contain_text("Comment on “$ (bug) [press] (command:hivesync.logOut)”")
    expect(workbench.quick_input.locator("a[href]")).to_have_count(0)
    workbench.page.keyboard.press("Escape")


def test_the_agent_goes_and_comes_without_a_question(
    desk: Desk, workbench: Workbench, mia: Colleague
) -> None:
    workbench.run("HiveSync: Open Tasks")
    desk.stack.agent.stop()
    expect(workbench.status).to_have_accessible_name(re.compile("Direct, without the agent"))
    workbench.choose_for("Ask about dark colours", "Change Task Status", "Done")
    expect(workbench.row("Ask about dark colours")).to_contain_text("Done")
    assert mia.task("Ask about dark colours")["status"] == "done"
    workbench.run("HiveSync: Start Agent")
    expect(workbench.message("The HiveSync agent runs.")).to_be_visible()
    expect(workbench.status).to_have_accessible_name(re.compile("By the HiveSync agent"))
    subprocess.run([desk.command, "agent", "stop"], env=desk.stack.agent.env(), check=True)
    expect(workbench.status).to_have_accessible_name(re.compile("Direct, without the agent"))
    desk.stack.runner.restart(desk.stack.agent)
    expect(workbench.status).to_have_accessible_name(re.compile("By the HiveSync agent"))
    mia.move_task("Ask about dark colours", "open")
    expect(workbench.row("Ask about dark colours")).to_contain_text("Open")


def test_the_doctor_tells_first_what_the_editor_sees_and_then_what_the_machine_is(
    desk: Desk, workbench: Workbench
) -> None:
    workbench.status.click()
    expect(workbench.quick_input).to_contain_text("Request Preview")
    workbench.screenshot("menu")
    workbench.pick("Doctor")
    expect(workbench.panel).to_contain_text("session demo, premium")
    workbench.run("View: Toggle Maximized Panel")
    for line in ("Way by the agent", "Workspace trusted", "relay the agent reaches the backend"):
        expect(workbench.panel).to_contain_text(line)
    workbench.clear_messages()
    workbench.screenshot("doctor")
    workbench.run("View: Hide Panel")
    with desk.stack.api() as agent:
        agent.http.post("/v1/pause").raise_for_status()
        # Told by an event: the next look may be half a minute away.
        expect(workbench.status).to_have_accessible_name(re.compile("Paused: no news comes"), timeout=10_000)
        agent.http.post("/v1/resume").raise_for_status()


def test_signing_out_and_in_by_the_agent_and_where_neither_it_nor_the_command_is(
    desk: Desk, workbench: Workbench, phone: Phone
) -> None:
    workbench.run("HiveSync: Open Tasks")
    workbench.run("HiveSync: Log Out")
    expect(workbench.message("You are signed out of HiveSync.")).to_be_visible()
    expect(workbench.status).to_contain_text("Log In")
    expect(workbench.page.get_by_text("Sign in to see your team's tasks here.")).to_be_visible()
    workbench.screenshot("log-out")
    _log_in(desk, workbench, phone)
    expect(workbench.status).to_have_accessible_name(re.compile("demo, Premium By the HiveSync agent"))

    away = desk.command.rename(desk.command.with_name("away"))
    desk.stack.agent.stop()
    # The agent's session is not the editor's to use.
    expect(workbench.status).to_contain_text("Log In")
    workbench.clear_messages()
    _log_in(desk, workbench, phone)
    expect(workbench.message("You are signed in as demo.")).to_be_visible()
    expect(workbench.status).to_have_accessible_name(re.compile("Premium Direct, without the agent"))
    expect(workbench.row("shop")).to_be_visible()
    workbench.run("HiveSync: Log Out")
    expect(workbench.status).to_contain_text("Log In")
    away.rename(desk.command)
    desk.stack.runner.restart(desk.stack.agent)
    expect(workbench.status).to_have_accessible_name(re.compile("demo, Premium By the HiveSync agent"))


def _log_in(desk: Desk, workbench: Workbench, phone: Phone) -> None:
    """Ask for a code in the editor, and confirm it on the phone."""
    workbench.run("HiveSync: Log In")
    workbench.press("Confirm the code", "Copy Link")
    expect(workbench.message("waiting for your browser")).to_be_visible()
    workbench.screenshot("sign-in")
    phone.open(workbench.clipboard)
    phone.page.get_by_label("Email or username").fill(desk.stack.user.email)
    phone.page.get_by_label("Password").fill(desk.stack.user.password)
    phone.page.get_by_role("button", name="Sign in").click()
    phone.page.get_by_role("button", name="Approve").click()
