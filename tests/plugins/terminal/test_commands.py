"""Every command of the Vim family, pressed at a terminal, with backend, Worker and agent behind it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hivesync_contract.limits import AI_DOCS_FILE_BYTES
from hivesync_dev.browser import chromium, phone
from hivesync_dev.editors.explained import explaining_stack, with_suggestion
from hivesync_dev.editors.installed import TMUX, VIM
from hivesync_dev.editors.pictures import SAMPLE
from hivesync_dev.editors.tour import SUGGESTED, Linked, Tour, prepare, tour_of
from hivesync_dev.paths import VENV_BIN
from hivesync_dev.stack.stack import Stack
from hivesync_dev.testing import require_tool
from hivesync_dev.waiting import wait_until
from playwright.sync_api import Browser

pytestmark = pytest.mark.timeout(300)

LOGGED = "the trails have opened"
_UNEXPLAINED = {
    "data.bin": (bytes(range(256)), "data.bin is not text, so there is nothing to explain."),
    "large.ts": (
        b"\n" * 60 + (b"x" * 1023 + b"\n") * (AI_DOCS_FILE_BYTES // 1024),  # blank where the text is shown
        "large.ts is larger than 1024 KB, the most that is explained. "
        "Move a part of it to a file of its own.",
    ),
}


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    """Both editors' tests share the product, so they need all of it."""
    for program in (TMUX, VIM):
        require_tool(program, "sudo apt-get install tmux vim")


@pytest.fixture(scope="module")
def stack(programs: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole product, once for both editors."""
    with explaining_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="module")
def linked(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Linked:
    """The sample app, linked, with tasks and comments."""
    ignored = shutil.ignore_patterns("node_modules")
    root = Path(shutil.copytree(SAMPLE, tmp_path_factory.mktemp("project") / "trails", ignore=ignored))
    app = root / "App.tsx"
    # In words apart: the editors show this text, too.
    app.write_text(
        app.read_text("utf-8") + f"console.warn({', '.join(map(repr, LOGGED.split()))});\n", "utf-8"
    )
    return prepare(stack, root)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """What phones are made of."""
    with chromium() as running:
        yield running


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    """A file with the link that was opened last; what opens it is found on PATH, as the user's own is."""
    program = tmp_path / "programs" / "xdg-open"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf %s "$1" > "$0.part" && mv "$0.part" "$0.link"\n', "utf-8")
    program.chmod(0o700)
    return program.with_suffix(".link")


@pytest.fixture(params=["neovim", "vim"])
def tour(
    request: pytest.FixtureRequest, stack: Stack, linked: Linked, opened: Path, tmp_path: Path
) -> Iterator[Tour]:
    programs = [opened.parent]
    with tour_of(str(request.param), stack, linked.root / "App.tsx", tmp_path, programs) as walk:
        yield walk


def test_every_command_shows_what_it_should(
    tour: Tour, linked: Linked, stack: Stack, browser: Browser, opened: Path
) -> None:
    assert "demo, premium" in tour.status()
    tour.close("by the agent")

    # What others typed stands there as text: nothing of it was obeyed.
    assert "vim: set fdm=expr: %{system('id')} 31m<b>x</b> `id` | qall!" in tour.tasks()
    tour.task()
    tour.comment("c", "Comment:", "The sketch is old.", "   The sketch is old.")
    tour.close("As in the sketch.")
    tour.change_status(1, "Draw the start screen  open")
    assert _statuses(stack, linked)["Draw the start screen"] == "open"
    tour.change_status(4, "Draw the start screen  done")
    assert _statuses(stack, linked)["Draw the start screen"] == "done"
    tour.close("open and comment")

    assert "9" in tour.comments()
    tour.comment("a", "Comment on line 9:", "For the list.", "demo  For the list.")
    tour.close("What is it for?")
    assert [comment["body"] for comment in _comments(stack, linked)].count("For the list.") >= 1

    assert "openai-compatible, test-model" in tour.docs()
    tour.close("Explanations")
    tour.live()
    tour.terminal.type("o")
    wait_until(opened.exists)
    tour.close("each save is shown there")
    tour.console()
    with phone(browser) as visitor:
        visitor.open(opened.read_text("utf-8"))
        line = tour.terminal.wait_for(f"warn  {LOGGED}", seconds=60)
    assert "Nothing yet" not in line
    tour.close(LOGGED)
    tour.stop()
    tour.notifications()
    tour.terminal.type("A")
    tour.terminal.wait_until_gone("unread")
    tour.close("mark all read")
    tour.doctor()
    tour.close("has proven itself")


def _statuses(stack: Stack, linked: Linked) -> dict[str, str]:
    with stack.api() as api:
        page = api.http.get(f"/api/v1/projects/{linked.project_id}/tasks").json()
    return {task["title"]: task["status"] for task in page["items"]}


def _comments(stack: Stack, linked: Linked) -> list[dict[str, str]]:
    with stack.api() as api:
        page = api.http.get(f"/api/v1/projects/{linked.project_id}/comments", params={"kind": "file"})
        return list(page.json()["items"])


def test_a_suggested_change_is_made_on_request_and_only_where_it_fits(tour: Tour, linked: Linked) -> None:
    app = linked.root / "App.tsx"
    before = app.read_text("utf-8")
    try:
        tour.docs()
        tour.suggestion()
        tour.close(SUGGESTED)
        assert saved(tour, app) == before

        tour.suggestion()
        tour.terminal.type("a")
        tour.terminal.wait_until_gone(SUGGESTED)
        tour.says("The suggestion is applied; u takes it back.")
        assert saved(tour, app) == with_suggestion(before)
        tour.terminal.type("u")  # the cursor is where it was changed
        assert saved(tour, app) == before

        tour.terminal.command("%s/App() {/App(): Element {/")
        changed = saved(tour, app)
        for key in "ad":
            tour.terminal.command("wincmd b")
            tour.terminal.type(key)
            tour.says(
                "The file has changed: the suggestion does not fit any more. Ask again with :HiveSync docs."
            )
            assert saved(tour, app) == changed
            assert SUGGESTED not in tour.terminal.screen()
        tour.terminal.command("HiveSync docs")  # in the window of the documentation, which is of that file
        tour.terminal.wait_until_gone("Suggested change")
    finally:
        app.write_text(before, "utf-8")


def saved(tour: Tour, file: Path) -> str:
    """Have the editor write what it has changed, and give that file."""
    written = file.with_name("written")
    tour.terminal.command(f"wall | call writefile([], '{written}')")
    wait_until(written.exists)
    written.unlink()
    return file.read_text("utf-8")


def test_a_build_error_stands_in_the_quickfix_list(tour: Tour, linked: Linked) -> None:
    app = linked.root / "App.tsx"
    good = app.read_text("utf-8")
    app.write_text("export default function App() {\n  return <View>;\n}\n", "utf-8")
    try:
        tour.terminal.command("HiveSync preview")
        tour.terminal.wait_for("App.tsx|", "error", seconds=60)
    finally:
        app.write_text(good, "utf-8")


def test_signing_out_and_in_is_seen_at_once(tour: Tour, stack: Stack) -> None:
    tour.logout()
    screen = tour.login()
    assert stack.server.settings.url in screen
    stack.sign_in()
    tour.terminal.wait_for("HiveSync Premium")


@pytest.fixture
def agent_away(tour: Tour, stack: Stack) -> Iterator[None]:
    """No agent runs until the editor starts one, which the stack's own follows."""
    stack.agent.stop()
    yield
    subprocess.run([str(VENV_BIN / "hivesync"), "agent", "stop"], env=stack.agent.env(), check=True)
    stack.runner.restart(stack.agent)


@pytest.mark.usefixtures("agent_away")
def test_without_the_agent_the_backend_is_asked_and_it_is_started_for_what_needs_it(
    tour: Tour, linked: Linked
) -> None:
    tour.terminal.command("HiveSync status")
    tour.says("direct, by the `hivesync` command")
    tour.close("direct, by the `hivesync` command")
    tour.terminal.command("HiveSync tasks")
    tour.choose("Which project is this?", 1)  # the agent alone knows that
    tour.terminal.wait_for("open and comment", "Ask about dark colours")
    tour.change_status(2, "Draw the start screen  in progress")
    tour.close("open and comment")
    ask(tour, "live", linked.root / "App.tsx")
    tour.choose("A preview needs the HiveSync agent, which does not run", 1)
    tour.says("Starting the agent …")
    tour.terminal.wait_for("each save is shown there", seconds=60)
    tour.close("each save is shown there")
    tour.status()


def ask(tour: Tour, command: str, file: Path) -> None:
    """Open a file and give a command about it."""
    tour.terminal.command(f"edit! {file}")
    tour.terminal.command(f"HiveSync {command}")


@contextmanager
def newer_agent(stack: Stack) -> Iterator[None]:
    """Have the agent's file say that it speaks a protocol of years to come."""
    file = Path(stack.agent.env()["HIVESYNC_RUNTIME_DIR"]) / "desktop-agent.json"
    before = file.read_text("utf-8")
    file.write_text(json.dumps(json.loads(before) | {"protocol": {"min": 9, "max": 9}}), "utf-8")
    try:
        yield
    finally:
        file.write_text(before, "utf-8")


@pytest.fixture
def signed_in_after(stack: Stack) -> Iterator[None]:
    """Other tests find the user signed in, whatever happened here."""
    yield
    stack.sign_in()


@pytest.mark.usefixtures("signed_in_after")
def test_what_can_not_be_done_is_said_with_what_to_do(
    tour: Tour, linked: Linked, stack: Stack, tmp_path: Path
) -> None:
    for name, (content, said) in _UNEXPLAINED.items():
        file = linked.root / name
        file.write_bytes(content)
        ask(tour, "docs", file)
        tour.says(said)
        file.unlink()

    tour.terminal.command(f"edit! {linked.root / 'gone.ts'}")
    ask(tour, "preview", linked.root / "gone.ts")
    tour.says("gone.ts does not exist or can't be read. Save it first, or name another.")

    alone = tmp_path / "alone.ts"
    alone.write_text("export const a = 1;\n", "utf-8")
    ask(tour, "docs", alone)
    tour.says("alone.ts lies in no project. Link its folder first: `hivesync link FOLDER`.")

    app = linked.root / "App.tsx"
    tour.terminal.command(f"edit! {app}")
    with stack.api() as api:
        api.http.post("/v1/pause").raise_for_status()
        # By an event: the next look may be a minute away.
        tour.terminal.wait_for("HiveSync Premium · paused", seconds=10)
        tour.terminal.command("HiveSync status")
        tour.says(", paused")
        tour.close("by the agent")
        tour.tasks()  # only work in the background rests
        tour.close("open and comment")
        api.http.post("/v1/resume").raise_for_status()
        api.http.delete("/v1/session").raise_for_status()
    tour.terminal.wait_for("HiveSync signed out")
    ask(tour, "tasks", app)
    tour.says("You are not signed in. Sign in with :HiveSync login.")

    with newer_agent(stack):
        ask(tour, "preview", app)
        tour.says("The agent is newer than this plugin: update the plugin.")
