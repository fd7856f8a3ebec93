"""What users have renders on a phone, and a tap changes what is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewState
from hivesync_dev.browser import Phone
from hivesync_dev.paths import EXAMPLES
from hivesync_dev.samples import VITE_TEMPLATES
from playwright.sync_api import expect

Preview = Callable[..., LocalPreview]
BROKEN_IMAGES = "() => [...document.images].filter((image) => !image.naturalWidth).map((image) => image.src)"


def shown(phone: Phone, preview: LocalPreview) -> None:
    """Open a preview that must be ready."""
    assert preview.state is PreviewState.READY, preview.error
    phone.open(preview.preview_url)


@pytest.mark.parametrize("template", VITE_TEMPLATES)
def test_what_create_vite_makes_is_shown_unedited_and_reacts(
    template: str, preview: Preview, vite_template: Callable[[str], Path], phone: Phone
) -> None:
    shown(phone, preview(vite_template(template)))
    counter = phone.app.get_by_role("button", name=re.compile("count is", re.IGNORECASE))
    expect(counter).to_have_text(re.compile("count is 0", re.IGNORECASE))

    counter.tap()

    expect(counter).to_have_text(re.compile("count is 1", re.IGNORECASE))
    expect(phone.app.get_by_role("heading", name="Get started")).to_be_visible()
    assert phone.page.frames[-1].evaluate(BROKEN_IMAGES) == []
    assert phone.errors == []
    if template == "react-ts":
        phone.keep_screenshot("vite-react-ts")


def test_the_react_native_sample_is_pressed_typed_into_and_walked_through(
    preview: Preview, phone: Phone
) -> None:
    shown(phone, preview(EXAMPLES / "react-native-app"))
    app = phone.app
    saved = app.get_by_text(re.compile(r"^\d+ saved$"))
    cards = app.get_by_role("button", name=re.compile("^Open "))
    expect(saved).to_have_text("1 saved")
    expect(cards.nth(1)).to_be_visible()
    phone.keep_screenshot("react-native-list")

    app.get_by_role("button", name="Save", exact=True).first.tap()
    expect(saved).to_have_text("2 saved")

    app.get_by_role("textbox", name="Search trails").fill("lake")
    expect(cards).to_have_count(1)

    name = (cards.first.get_attribute("aria-label") or "").removeprefix("Open ")
    cards.first.tap()
    expect(app.get_by_text("Along the way")).to_be_visible()
    expect(app.get_by_text(name, exact=True).first).to_be_visible()
    phone.keep_screenshot("react-native-detail")

    app.get_by_role("button", name="Back to all trails").tap()
    expect(saved).to_have_text("2 saved")
    assert phone.errors == []


def test_a_reload_shows_it_again_and_the_token_is_gone_from_the_address(
    preview: Preview, vite_template: Callable[[str], Path], phone: Phone
) -> None:
    shown(phone, preview(vite_template("react-ts")))
    heading = phone.app.get_by_role("heading", name="Get started")
    expect(heading).to_be_visible()
    assert "#" not in phone.page.url

    phone.page.reload()

    expect(heading).to_be_visible()


def test_a_changed_project_is_shown_as_it_now_is(preview: Preview, project: Path, phone: Phone) -> None:
    preview(project)
    app = project / "src" / "App.tsx"
    app.write_text(app.read_text().replace("Get started", "Changed since"))

    shown(phone, preview(project))

    expect(phone.app.get_by_role("heading", name="Changed since")).to_be_visible()


def test_only_what_changed_is_uploaded(preview: Preview, project: Path) -> None:
    first = preview(project)
    app = project / "src" / "App.tsx"
    app.write_text(app.read_text() + "// one more line\n")

    second = preview(project)

    assert second.state is PreviewState.READY
    assert first.uploaded_bytes > 10_000
    assert second.uploaded_bytes == app.stat().st_size
