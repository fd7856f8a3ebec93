"""An app of a monorepo, as its package manager really installs it, shown on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewState
from hivesync_dev.browser import Phone
from hivesync_dev.samples import install_workspace
from playwright.sync_api import expect


@pytest.mark.parametrize("manager", ["pnpm", "npm"])
def test_an_app_that_uses_packages_of_its_workspace_is_shown_and_shares_their_state(
    manager: str, preview: Callable[..., LocalPreview], tmp_path: Path, phone: Phone
) -> None:
    workspace = install_workspace(manager, tmp_path)
    shown = preview(workspace / "apps" / "web")
    assert shown.state is PreviewState.READY, shown.error
    phone.open(shown.preview_url)
    # App and package import one store: two copies of it would count apart.
    expect(phone.app.get_by_text("The app counts 0")).to_be_visible()

    phone.app.get_by_role("button", name=re.compile("^add")).tap()

    expect(phone.app.get_by_text("The app counts 1")).to_be_visible()
    expect(phone.app.get_by_text("by a relative import")).to_be_visible()
    assert phone.errors == []


def test_a_build_error_in_a_package_is_told_at_its_place(
    preview: Callable[..., LocalPreview], tmp_path: Path
) -> None:
    workspace = install_workspace("npm", tmp_path)
    button = workspace / "packages" / "ui" / "src" / "button.tsx"
    button.write_text("export const Button = <;\n")
    failed = preview(workspace / "apps" / "web")
    (found,) = failed.diagnostics
    assert (found.path, found.file, found.line) == (str(button), "../../packages/ui/src/button.tsx", 1)
    assert failed.error is not None
    assert failed.error.diagnostic is not None
    assert failed.error.diagnostic.file == found.file
