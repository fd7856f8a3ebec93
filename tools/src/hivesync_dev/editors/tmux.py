"""A program in a real terminal: tmux shows what a person would see, and presses keys as one would."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from hivesync_dev.editors.installed import TMUX

_LIMIT_SECONDS = 30.0
_POLL_SECONDS = 0.05


class ScreenDiffers(AssertionError):
    """What was waited for never appeared; the message holds the screen."""


class Tmux:
    """A context manager; each has a tmux server of its own, which ends with it."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], folder: Path, size: tuple[int, int]
    ) -> None:
        self._command, self._env, self._folder, self._size = command, env, folder, size
        self._socket = folder / f"tmux-{os.getpid()}-{id(self):x}"

    def __enter__(self) -> Self:
        width, height = (str(number) for number in self._size)
        environment = [f"{name}={value}" for name, value in self._env.items()]
        self._tmux("new-session", "-d", "-x", width, "-y", height, "env", *environment, *self._command)
        self._tmux("set-option", "-g", "status", "off")
        self._tmux("set-option", "-sg", "escape-time", "0")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tmux("kill-server", check=False)

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: `Enter`, `Escape`, `C-w`."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a text as it is."""
        self._tmux("send-keys", "-l", text)

    def command(self, text: str) -> None:
        """Give an editor a command line."""
        self.type(f":{text}")
        self.press("Enter")

    def screen(self, *, colours: bool = False) -> str:
        """Give what the terminal shows."""
        return self._tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def wait_for(
        self, *texts: str, seconds: float = _LIMIT_SECONDS, read: Callable[[str], str] = lambda screen: screen
    ) -> str:
        """Give the screen once it shows all texts; `read` gives what is to be read on it."""
        end = time.monotonic() + seconds
        while not all(text in read(screen := self.screen()) for text in texts):
            if time.monotonic() > end:
                raise ScreenDiffers(f"{texts} never appeared:\n{screen}")
            time.sleep(_POLL_SECONDS)
        return screen

    def wait_until_gone(self, text: str, seconds: float = _LIMIT_SECONDS) -> str:
        """Give the screen once it no longer shows the text."""
        end = time.monotonic() + seconds
        while text in (screen := self.screen()):
            if time.monotonic() > end:
                raise ScreenDiffers(f"{text!r} stayed:\n{screen}")
            time.sleep(_POLL_SECONDS)
        return screen

    def _tmux(self, *words: str, check: bool = True) -> str:
        # -u: the pane holds Unicode whatever the locale of the machine.
        command = [TMUX, "-u", "-S", str(self._socket), "-f", os.devnull, *words]
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        env.pop("TMUX", None)
        return subprocess.run(
            command, cwd=self._folder, env=env, check=check, capture_output=True, encoding="utf-8"
        ).stdout
