"""A real X server without a screen, with a panel that holds tray icons; screenshots and a mouse for it."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("Xvfb", "trayer", "xdotool", "import")


@dataclass(frozen=True, slots=True)
class Panel:
    """A display, and the environment that leads programs to it."""

    environ: dict[str, str]

    def shows(self, title: str) -> bool:
        """Tell whether a window is visible whose whole title matches the pattern."""
        return bool(self._run("xdotool", "search", "--onlyvisible", "--name", f"^{title}$", check=False))

    def height(self, title: str) -> int:
        """Give the height of the tallest visible window of this title, in pixels."""
        found = self._run("xdotool", "search", "--onlyvisible", "--name", f"^{title}$").split()
        shown = [self._run("xdotool", "getwindowgeometry", "--shell", each) for each in found]
        return max(int(each.partition("HEIGHT=")[2].split()[0]) for each in shown)

    def click_icon(self) -> None:
        """Click the only icon of the panel with the right button, which opens its menu."""
        self._run("xdotool", "mousemove", "20", "20", "click", "3")

    def keys(self, *names: str) -> None:
        """Press keys in the open menu."""
        for name in names:
            self._run("xdotool", "key", name)

    def screenshot(self, path: Path) -> None:
        """Write what can be seen to a PNG file."""
        self._run("import", "-window", "root", str(path))

    def _run(self, *command: str, check: bool = True) -> str:
        environ = os.environ | self.environ
        return subprocess.run(command, env=environ, check=check, capture_output=True, text=True).stdout


@contextlib.contextmanager
def panel(size: str = "800x700x24", tint: str = "0x2b2f36") -> Iterator[Panel]:
    """Run an X server with a panel in its top left corner until the block ends."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with open(read) as numbers:
            display = f":{numbers.readline().strip()}"
        environ = {"DISPLAY": display, "NO_AT_BRIDGE": "1", "GDK_BACKEND": "x11"}
        placed = ["--edge", "top", "--align", "left", "--widthtype", "request", "--height", "40"]
        coloured = ["--transparent", "true", "--alpha", "0", "--tint", tint]
        with subprocess.Popen(
            ["trayer", *placed, *coloured], env=os.environ | environ, stderr=subprocess.DEVNULL
        ) as tray:
            try:
                yield Panel(environ)
            finally:
                tray.terminate()
    finally:
        server.terminate()
        server.wait()
