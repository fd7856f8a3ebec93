"""What a tray tells unasked: previews that end, their code at a click; nothing twice, nothing obvious."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hivesync import Event
from hivesync_agent.previews import view as agents_view
from hivesync_agent.tray.code_window import enlarged
from hivesync_agent.tray.news import News, Newsroom
from hivesync_contract.errors import Diagnostic, ErrorCode
from hivesync_contract.events import EventType, PreviewProgressEvent, SessionEvent
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewError, PreviewState
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.preview_client import PreviewClient, preview_client
from hivesync_dev.servers.tray import Desktop, TrayProcess
from hivesync_dev.waiting import holds
from PIL import Image

FOLDER = "shop & <b>co"
READY = LocalPreview("p1", PreviewState.READY, "/home/ada/shop", "App.tsx", version=1)
BROKEN = PreviewError(
    ErrorCode.PREVIEW_BUILD_FAILED, "Unexpected token", Diagnostic("Unexpected token", "App.tsx", 3, 5)
)
FAILED = replace(READY, state=PreviewState.FAILED, error=BROKEN)


@pytest.fixture
async def editor(signed_in: RunningAgent) -> AsyncIterator[PreviewClient]:
    """An editor of the same user."""
    async with preview_client(signed_in) as client:
        yield client


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a folder whose name is no markup."""
    root = tmp_path / FOLDER
    root.mkdir()
    (root / "index.html").write_text("<h1>Shop</h1>")
    return root


async def test_a_preview_that_ends_is_told_and_a_click_shows_its_code(
    tray: TrayProcess, editor: PreviewClient, backend: FakePreviews, project: Path, tmp_path: Path
) -> None:
    desktop = tray.desktop
    shown = await editor.run(project)
    await holds(lambda: desktop.notifications.titles() == ["Preview ready"])
    (told,) = desktop.notifications.shown
    assert told.program == "HiveSync"
    assert told.body == "shop &amp; &lt;b&gt;co: click to show its code."
    assert not desktop.panel.shows(f"HiveSync: {FOLDER}")
    desktop.notifications.click(told.number)
    await tray.shows(FOLDER)
    await on_screen(desktop, await code_of(editor, shown), tmp_path)
    desktop.panel.keys("Escape")
    await holds(lambda: not desktop.panel.shows(f"HiveSync: {FOLDER}"))
    backend.outcome = "failed"
    await editor.run(project)
    await holds(lambda: desktop.notifications.titles() == ["Preview ready", "Preview failed"])
    assert desktop.notifications.shown[1].actions == []


async def test_an_older_preview_shows_its_code_too(
    tray: TrayProcess,
    editor: PreviewClient,
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agents_view, "_KEPT_CODES", 1)
    older, newer = await editor.run(project), await editor.run(project)
    await holds(lambda: len(tray.desktop.notifications.shown) == 2)
    await tray.choose("Recent previews", sub=2)
    await tray.shows(FOLDER)
    code = await code_of(editor, older)
    assert code.tobytes() != (await code_of(editor, newer)).tobytes()
    await on_screen(tray.desktop, code, tmp_path)


async def code_of(editor: PreviewClient, preview: LocalPreview) -> Image.Image:
    """Give the code as it must be shown."""
    _, body = await editor.get(preview.id)
    code: Image.Image = enlarged(msgspec.convert(body, LocalPreview))
    return code


async def on_screen(desktop: Desktop, code: Image.Image, folder: Path) -> None:
    """Wait until the code is somewhere on the screen."""
    screenshot = folder / "screenshot.png"

    def look() -> bool:
        desktop.panel.screenshot(screenshot)
        return contains(Image.open(screenshot).convert("L"), code)

    await holds(look)


def contains(picture: Image.Image, part: Image.Image) -> bool:
    """Tell whether the part is somewhere in the picture, pixel for pixel."""
    middle = part.height // 2
    line = part.crop((0, middle, part.width, middle + 1)).tobytes()
    for y in range(picture.height):
        x = picture.crop((0, y, picture.width, y + 1)).tobytes().find(line)
        if x >= 0:
            found = picture.crop((x, y - middle, x + part.width, y - middle + part.height))
            if found.tobytes() == part.tobytes():
                return True
    return False


def told(*events: object) -> list[str]:
    """Give what a tray tells of these previews, session changes or conflicts, one after another."""
    newsroom, types = (
        Newsroom(),
        {LocalPreview: EventType.PREVIEW_PROGRESS, dict: EventType.OPERATION_CONFLICT},
    )
    news: list[News | None] = []
    for each in events:
        data = PreviewProgressEvent(each) if isinstance(each, LocalPreview) else each
        news.append(newsroom.of(Event("1", types.get(type(each), EventType.SESSION_CHANGED), data)))
    return [f"{each.title}: {each.text}" for each in news if each]


def version(preview: LocalPreview, number: int) -> LocalPreview:
    """Give a later version of a live preview."""
    return replace(preview, version=number, live=True)


def test_the_end_of_a_preview_is_told_once_and_its_beginning_never() -> None:
    building = replace(READY, state=PreviewState.BUILDING)
    assert told(building, READY, READY) == ["Preview ready: shop: click to show its code."]
    assert told(FAILED) == ["Preview failed: shop: App.tsx:3:5: Unexpected token"]
    assert told(replace(FAILED, error=None)) == ["Preview failed: shop: the server gave no reason."]


def test_of_a_live_preview_the_first_code_and_the_first_of_several_failures_are_told() -> None:
    saves = [version(READY, 1), version(READY, 2), version(FAILED, 3), version(FAILED, 4), version(READY, 5)]
    assert [line.partition(":")[0] for line in told(*saves)] == ["Preview ready", "Preview failed"]
    assert told(version(READY, 7)) == []  # it was ready before this tray came
    late = [version(FAILED, 1), version(READY, 2)]
    assert [line.partition(":")[0] for line in told(*late)] == ["Preview failed", "Preview ready"]


def test_a_session_that_others_have_ended_is_told() -> None:
    assert told(SessionEvent(True, "signed in"), SessionEvent(False, "signed out")) == []
    ended = SessionEvent(False, "Your session was ended; run `hivesync login`.")
    assert told(ended) == ["You were signed out: Your session was ended; run `hivesync login`."]


def test_a_change_that_came_back_is_told_whatever_the_release() -> None:
    refused = {"operation": {"conflict": {"problem": {"detail": "It was changed since."}}}}
    assert told(refused) == [
        "A change came back: It was changed since. `hivesync operations` shows both sides."
    ]
    assert told({}) == ["A change came back: The backend refused it. `hivesync operations` shows both sides."]
