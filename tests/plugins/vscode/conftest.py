"""One stack, one code-server and one window for all that is tried in a real workbench."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hivesync_dev.browser import Phone, chromium
from hivesync_dev.browser import phone as new_phone
from hivesync_dev.code_server import CodeServer, package_extension
from hivesync_dev.paths import VENV_BIN
from hivesync_dev.project_files import Content, write_files
from hivesync_dev.servers.model import Model, model_server
from hivesync_dev.stack.stack import Stack, StackSettings
from playwright.sync_api import Browser

from .team import Colleague, colleague
from .workbench import Workbench

COUNTER = """import { useState } from 'react'

export function Counter() {
  const [count, setCount] = useState(0)
  return <button onClick={() => setCount(count + 1)}>pressed {count} times</button>
}
"""
FILES: dict[str, Content] = {
    "package.json": {"name": "shop", "private": True, "dependencies": {"react": "19", "react-dom": "19"}},
    "index.html": '<div id="root"></div><script type="module" src="/src/main.tsx"></script>',
    "src/main.tsx": (
        "import { createRoot } from 'react-dom/client'\nimport { Counter } from './Counter'\n\n"
        "console.warn('the shop has opened')\n"
        "createRoot(document.getElementById('root')!).render(<Counter />)\n"
    ),
    "src/Counter.tsx": COUNTER,
    "notes.md": "# Notes\n",
    # All of them from the start: what is made later is not soon found by its name in the editor.
    "logo.bin": "\0\1\2",
    "logo.png": "\0\1\2",
    "huge.txt": f"{'long ' * 20}\n" * 11_000,
    "gone.txt": "soon gone\n",
}
DOCUMENTATION = {
    "summary": "The counter of the start page.\n\nIt keeps its count in React's state.",
    "key_concepts": ["React state", "event handlers"],
    "explanations": [
        {
            "symbol": "Counter",
            "line_start": 3,
            "line_end": 6,
            "text": "Shows a button and how often it was pressed.",
        }
    ],
    "suggested_diff": (
        "--- a/src/Counter.tsx\n+++ b/src/Counter.tsx\n@@ -1,4 +1,5 @@\n"
        " import { useState } from 'react'\n \n"
        "+/** A button that counts how often it was pressed. */\n"
        " export function Counter() {\n   const [count, setCount] = useState(0)\n"
    ),
}
SETTINGS: dict[str, object] = {
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": True,
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
    "telemetry.telemetryLevel": "off",
    "extensions.ignoreRecommendations": True,
    "git.enabled": False,
    "files.autoSave": "off",
    "remote.autoForwardPorts": False,
    "workbench.colorTheme": "Default Dark Modern",
}


@dataclass(frozen=True)
class Desk:
    """Everything on a developer's machine: stack, model, the folder that is open, the workbench."""

    stack: Stack
    model: Model
    folder: Path
    server: CodeServer
    command: Path
    workbench: Workbench
    browser: Browser


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    """A model that always says the same."""
    with model_server(DOCUMENTATION) as running:
        yield running


@pytest.fixture(scope="module")
def stack(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole product, with that model."""
    settings = StackSettings(tmp_path_factory.mktemp("stack"), worker_variables=model.worker_variables)
    with Stack(settings) as running:
        yield running


@pytest.fixture(scope="module")
def code_server(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> CodeServer:
    """code-server with the packed extension, in the environment of the stack's agent."""
    folder = tmp_path_factory.mktemp("code-server")
    env = stack.agent.env()
    # Where `pip install --user` puts it: the editor takes PATH from the user's login shell, not from us.
    command = folder / ".local" / "bin" / "hivesync"
    command.parent.mkdir(parents=True)
    command.symlink_to(VENV_BIN / "hivesync")
    server = CodeServer(folder, env | {"HOME": str(folder)})
    vsix = folder / "hivesync.vsix"
    package_extension(vsix)
    server.install(vsix)
    write_files(folder / "data" / "User", {"settings.json": SETTINGS})
    stack.runner.start(server)
    return server


@pytest.fixture(scope="module")
def desk(
    stack: Stack, model: Model, code_server: CodeServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """The window, with a small shop open in it.

    Closed with the module: no asynchronous test can begin while Playwright's event loop is in this thread.
    """
    folder = tmp_path_factory.mktemp("work") / "shop"
    write_files(folder, FILES)
    with chromium() as browser:
        context = browser.new_context(
            viewport={"width": 1280, "height": 800},
            device_scale_factor=1,
            permissions=["clipboard-read", "clipboard-write"],
        )
        workbench = Workbench(context.new_page())
        workbench.open(code_server.url, str(folder))
        command = code_server.folder / ".local" / "bin" / "hivesync"
        yield Desk(stack, model, folder, code_server, command, workbench, browser)


@pytest.fixture
def workbench(desk: Desk) -> Workbench:
    """The window, whose folder is trusted, without what the test before has left open."""
    desk.workbench.page.keyboard.press("Escape")
    desk.workbench.run("View: Close All Editors")
    desk.workbench.run("Notifications: Clear All Notifications")
    desk.workbench.trust()
    return desk.workbench


@pytest.fixture(scope="module")
def mia(desk: Desk) -> Iterator[Colleague]:
    """A colleague in the project of the folder that is open."""
    with colleague(desk.stack, desk.folder) as member:
        member.add_task("Draw the start screen", status="done")
        member.add_task("Ask about dark colours", status="blocked")
        yield member


@pytest.fixture
def phone(desk: Desk) -> Iterator[Phone]:
    with new_phone(desk.browser) as fresh:
        yield fresh
