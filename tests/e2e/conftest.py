"""One stack for all end-to-end tests, a browser a module, and copies of sample projects to spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hivesync_contract.local_api import LocalPreview
from hivesync_dev import browser as browsers
from hivesync_dev.browser import Phone
from hivesync_dev.samples import make_vite_project
from hivesync_dev.stack.stack import Stack, StackSettings
from playwright.sync_api import Browser

DEADLINE_SECONDS = 60.0


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole product. A lost job is sent again after 4 s here, not after a minute."""
    settings = StackSettings(tmp_path_factory.mktemp("stack"), preview_deadline_seconds=4)
    with Stack(settings) as running:
        yield running


@pytest.fixture(scope="session")
def vite_template(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give create-vite's project of a template, made once; nobody may change it."""
    folder = tmp_path_factory.mktemp("vite")
    made: dict[str, Path] = {}

    def make(template: str) -> Path:
        if template not in made:
            made[template] = make_vite_project(template, folder)
        return made[template]

    return make


@pytest.fixture
def project(vite_template: Callable[[str], Path], tmp_path: Path) -> Path:
    """A copy of the react-ts project that the test may spoil."""
    return Path(shutil.copytree(vite_template("react-ts"), tmp_path / "project"))


@pytest.fixture
def preview(stack: Stack) -> Callable[..., LocalPreview]:
    """Preview a path through the agent, and wait until it is ready or failed."""

    def run(path: Path, **options: str) -> LocalPreview:
        with stack.api() as api:
            return api.wait_for_preview(api.start_preview(str(path), **options).id, DEADLINE_SECONDS)

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A module's browser: while it runs, Playwright's event loop is in the way of async tests."""
    with browsers.chromium() as running:
        yield running


@pytest.fixture
def phone(browser: Browser) -> Iterator[Phone]:
    with browsers.phone(browser) as fresh:
        yield fresh
