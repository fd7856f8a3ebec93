"""A live preview over its room: a save reaches the phone at once, and what it can't show is a version."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewState
from hivesync_dev.browser import Phone
from hivesync_dev.stack.api import AgentApi, CallRefused
from hivesync_dev.stack.stack import Stack
from hivesync_dev.waiting import wait_until
from playwright.sync_api import FrameLocator, expect

DEADLINE_SECONDS = 60.0


@pytest.fixture
def api(stack: Stack) -> Iterator[AgentApi]:
    with stack.api() as api:
        yield api


@pytest.fixture
def live(stack: Stack, api: AgentApi, phone: Phone, project: Path) -> Iterator[LocalPreview]:
    """A live preview that is open on a phone, with the agent in its room."""
    started = api.start_preview(str(project), live=True)
    preview = api.wait_for_preview(started.id, DEADLINE_SECONDS)
    phone.open(preview.preview_url)
    expect(phone.app.get_by_role("button", name="Count is 0")).to_be_visible(timeout=30_000)
    wait_until(lambda: api.preview(preview.id).devices)
    yield preview
    with stack.api() as last:  # a test may have restarted the agent
        last.stop_preview(preview.id)


def last_frame(phone: Phone) -> FrameLocator:
    """While another version loads, the page has two frames."""
    return phone.page.frame_locator("iframe >> nth=-1")


def shown_key(stack: Stack, live: LocalPreview) -> str:
    """Give what the agent has noted of the files that the phones show; empty while a save is on its way."""
    (record,) = (stack.agent.settings.folder / "state").rglob(f"{live.id}.json")
    return str(json.loads(record.read_bytes())["shown_key"])


def test_saves_reach_the_phone_without_a_version(
    api: AgentApi, live: LocalPreview, phone: Phone, project: Path
) -> None:
    source = project / "src" / "App.tsx"
    text = source.read_text()
    phone.app.get_by_role("button", name="Count is 0").click()

    # Some editors write other files beside the one that is saved; they take no version, either.
    (project / "src" / "App.tsx.orig").write_text(text)
    source.write_text(text.replace("Get started", "Saved just now"))
    expect(phone.app.get_by_role("heading", name="Saved just now")).to_be_visible()
    expect(phone.app.get_by_role("button", name="Count is 1")).to_be_visible()
    seen = api.preview(live.id)
    assert (seen.version, seen.state) == (1, PreviewState.READY)
    assert "Chrome" in seen.devices[0].name

    source.write_text(text.replace("return (", "return ((", 1))
    expect(phone.page.get_by_role("heading", name="The build failed")).to_be_visible()
    wait_until(lambda: api.preview(live.id).diagnostics)
    failed = api.preview(live.id).diagnostics[0]
    assert (failed.file, Path(failed.path)) == ("src/App.tsx", source)

    source.write_text(text.replace("Get started", "Mended"))
    expect(phone.app.get_by_role("heading", name="Mended")).to_be_visible()
    expect(phone.page.get_by_role("heading", name="The build failed")).not_to_be_visible()
    wait_until(lambda: not api.preview(live.id).diagnostics)
    assert api.preview(live.id).version == 1


def test_a_restarted_agent_goes_on_in_the_room_and_misses_no_save(
    stack: Stack, api: AgentApi, live: LocalPreview, phone: Phone, project: Path
) -> None:
    source = project / "src" / "App.tsx"
    text = source.read_text()
    phone.app.get_by_role("button", name="Count is 0").click()
    expect(phone.app.get_by_role("button", name="Count is 1")).to_be_visible()
    first = shown_key(stack, live)
    source.write_text(text.replace("Get started", "Before"))
    expect(phone.app.get_by_role("heading", name="Before")).to_be_visible()
    expect(phone.app.get_by_role("button", name="Count is 1")).to_be_visible()
    # Killed before it has noted that, it makes a version, to be sure.
    wait_until(lambda: shown_key(stack, live) not in ("", first))

    stack.agent.kill()
    stack.runner.restart(stack.agent)
    with stack.api() as again:
        wait_until(lambda: _devices(again, live.id), deadline_seconds=DEADLINE_SECONDS)
        source.write_text(text.replace("Get started", "After"))
        expect(phone.app.get_by_role("heading", name="After")).to_be_visible()
        # Nothing started anew, neither for the restart nor for the save.
        expect(phone.app.get_by_role("button", name="Count is 1")).to_be_visible()
        assert again.preview(live.id).version == 1

        stack.agent.kill()
        # What the first version had: only the room knows that the phone shows something else.
        source.write_text(text)
        stack.runner.restart(stack.agent)
    expect(last_frame(phone).get_by_role("heading", name="Get started")).to_be_visible(timeout=30_000)


def _devices(api: AgentApi, preview_id: str) -> bool:
    """Tell whether the agent has the preview and a phone in its room."""
    with contextlib.suppress(CallRefused):
        return bool(api.preview(preview_id).devices)
    return False


def test_a_new_file_becomes_a_version_and_saves_go_on_after_it(
    api: AgentApi, live: LocalPreview, phone: Phone, project: Path
) -> None:
    (project / "src" / "word.ts").write_text('export const word = "Brand new";\n')
    source = project / "src" / "App.tsx"
    text = source.read_text()
    source.write_text(f'import {{ word }} from "./word";\n{text}'.replace("Get started", "{word}"))
    expect(last_frame(phone).get_by_role("heading", name="Brand new")).to_be_visible(timeout=30_000)
    wait_until(lambda: api.preview(live.id).state is PreviewState.READY)
    version = api.preview(live.id).version
    assert version > 1
    (project / "src" / "word.ts").write_text('export const word = "Newer still";\n')
    expect(phone.app.get_by_role("heading", name="Newer still")).to_be_visible()
    assert api.preview(live.id).version == version


def test_saves_while_the_worker_is_away_are_on_the_page_when_it_is_back(
    stack: Stack, api: AgentApi, live: LocalPreview, phone: Phone, project: Path
) -> None:
    source, style = project / "src" / "App.tsx", project / "src" / "index.css"
    text, rules = source.read_text(), style.read_text()
    source.write_text(text.replace("Get started", "As it goes"))
    stack.worker.kill()
    style.write_text(rules + "h1 { color: rgb(1, 2, 3) !important; }")
    line = phone.page.get_by_role("paragraph").filter(
        has_text="No connection. This is the last version that came."
    )
    expect(line).to_be_visible()
    expect(phone.app.get_by_role("button", name=re.compile("Count is"))).to_be_visible()
    source.write_text(text.replace("Get started", "While away"))

    stack.runner.restart(stack.worker)
    heading = last_frame(phone).get_by_role("heading", name="While away")
    expect(heading).to_have_css("color", "rgb(1, 2, 3)", timeout=60_000)
    expect(line).not_to_be_visible()

    wait_until(lambda: api.preview(live.id).devices and api.preview(live.id).state is PreviewState.READY)
    version = api.preview(live.id).version
    source.write_text(text.replace("Get started", "Here again"))
    expect(phone.app.get_by_role("heading", name="Here again")).to_be_visible()
    assert api.preview(live.id).version == version
