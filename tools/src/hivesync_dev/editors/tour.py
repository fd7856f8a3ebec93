"""A walk through all commands of the Vim family in a terminal, with the real product behind them.

Each step gives the screen that it waited for. Tests look at what it says; `pictures` draws it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hivesync_dev.editors.installed import neovim_command, neovim_programs, vim_command
from hivesync_dev.editors.tmux import ScreenDiffers, Tmux
from hivesync_dev.paths import VENV_BIN
from hivesync_dev.stack.stack import Stack

SIZE = (104, 50)
"""As large as the whole code of a preview needs."""
SUGGESTED = "Suggested    a apply   q close"
_FRAME = re.compile("[─│╭╮╰╯~]")
STATUS_LINE = {"neovim": "%{v:lua.require'hivesync'.status()}", "vim": "%{hivesync#status()}"}


@dataclass(frozen=True, slots=True)
class Linked:
    """A folder that the stack's agent has linked, with a few things in it to be seen."""

    root: Path
    project_id: str


def prepare(stack: Stack, root: Path) -> Linked:
    """Link the folder, and put tasks and comments into its project, one of them hostile."""
    with stack.api() as api:
        project = api.http.post("/v1/projects", json={"path": str(root)}).json()["id"]

        def make(kind: str, body: dict[str, Any]) -> None:
            api.http.post(f"/api/v1/projects/{project}/{kind}", json=body).raise_for_status()

        make(
            "tasks", {"title": "Draw the start screen", "status": "done", "description": "As in the sketch."}
        )
        make("tasks", {"title": "Let the counter keep its value", "status": "in_progress"})
        make("tasks", {"title": "Ask about dark colours", "status": "blocked"})
        # What an editor or a terminal might obey: a mode line, a status line's code, an escape sequence.
        make("tasks", {"title": "vim: set fdm=expr: %{system('id')} \x9b31m<b>x</b> `id` | qall!"})
        make(
            "comments", {"target": {"kind": "file", "path": "App.tsx", "line": 9}, "body": "What is it for?"}
        )
    return Linked(root, project)


class Tour:
    """The commands, one method each."""

    def __init__(self, terminal: Tmux, editor: str) -> None:
        self.terminal, self._editor = terminal, editor

    def _shown(self, command: str, *texts: str, seconds: float = 60.0) -> str:
        self.terminal.command(f"HiveSync {command}")
        return self.terminal.wait_for(*texts, seconds=seconds)

    def close(self, text: str) -> None:
        """Leave the window that shows this text."""
        self.terminal.press("q")
        self.terminal.wait_until_gone(text)

    def says(self, text: str) -> str:
        """Wait for a text, which may be wrapped and framed; no key may have to be pressed before going on."""
        screen = self.terminal.wait_for(text, read=lambda screen: " ".join(_FRAME.sub(" ", screen).split()))
        if "Press ENTER" in screen:
            raise ScreenDiffers(f"{text!r} must be dismissed:\n{screen}")
        return screen

    def status(self) -> str:
        return self._shown("status", "by the agent on this machine")

    def tasks(self) -> str:
        return self._shown("tasks", "open and comment", "Ask about dark colours")

    def task(self) -> str:
        """Open the task under the cursor."""
        self.terminal.press("Enter")
        return self.terminal.wait_for("As in the sketch.")

    def change_status(self, number: int, shown: str) -> str:
        """Give the task under the cursor one of the statuses, which are counted from 1."""
        self.terminal.type("s")
        self.choose("Status", number)
        return self.terminal.wait_for(shown)

    def choose(self, title: str, number: int) -> None:
        """Take one of the choices, which are counted from 1, where the editor asks for one."""
        if self._editor == "vim":
            self.terminal.wait_for(f"╭ {title}")
            self.terminal.press(*["j"] * (number - 1), "Enter")
        else:
            self.terminal.wait_for(title, "Type number and <Enter>")
            self.terminal.type(str(number))
            self.terminal.press("Enter")

    def comment(self, key: str, prompt: str, text: str, shown: str) -> str:
        """Add a comment; it is `shown` once the backend has taken it."""
        self.terminal.type(key)
        self.terminal.wait_for(prompt)
        self.terminal.type(text)
        self.terminal.press("Enter")
        return self.terminal.wait_for(shown)

    def comments(self) -> str:
        self.terminal.command("9")
        return self._shown("comments", "What is it for?")

    def notifications(self) -> str:
        return self._shown("notifications", "mark all read")

    def docs(self) -> str:
        return self._shown("docs", "Explanations")

    def suggestion(self) -> str:
        """Show the suggested change, from the window of `docs`."""
        self.terminal.type("d")
        return self.terminal.wait_for(SUGGESTED, "-----")

    def preview(self) -> str:
        return self._shown("preview", "Scan it with your phone", "█")

    def live(self) -> str:
        return self._shown("live", "each save is shown there", "█")

    def stop(self) -> str:
        return self._shown("stop", "has ended")

    def console(self) -> str:
        return self._shown("console", "the phone writes appears here")

    def doctor(self) -> str:
        return self._shown("doctor", "which has proven itself", "backend")

    def logout(self) -> str:
        return self._shown("logout", "Signed out", "HiveSync signed out")

    def login(self) -> str:
        return self._shown("login", "Sign in", "Code")


@contextmanager
def tour_of(
    editor: str, stack: Stack, file: Path, folder: Path, programs: Sequence[Path] = ()
) -> Iterator[Tour]:
    """Open the file in an editor in a terminal; `programs`: folders to look in first."""
    commands: dict[str, Callable[..., list[str]]] = {
        "neovim": lambda *more: neovim_command(neovim_programs()["current"], *more),
        "vim": vim_command,
    }
    shown = ("-n", "--cmd", status_line(editor))
    environment = stack.agent.env() | {
        "PATH": os.pathsep.join([*map(str, programs), str(VENV_BIN), os.environ["PATH"]]),
        "LANG": "C.UTF-8",
        "COLORTERM": "truecolor",
    }
    colours = ("-c", "set termguicolors background=dark") if editor == "vim" else ()
    with Tmux(commands[editor](*shown, *colours, str(file)), environment, folder, SIZE) as terminal:
        terminal.wait_for("HiveSync Premium")
        yield Tour(terminal, editor)


def status_line(editor: str) -> str:
    """Give the command that shows the plugin's text in the status line."""
    shown = STATUS_LINE[editor].replace(" ", r"\ ").replace('"', r"\"").replace("|", r"\|")
    return f"set laststatus=2 statusline=%f%=%#Title#{shown}"
