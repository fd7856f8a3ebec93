"""`python -m hivesync_dev.editors.pictures`: draw every command of the Vim family for the documentation."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hivesync_dev.editors.picture import draw
from hivesync_dev.editors.tour import Tour, prepare, tour_of
from hivesync_dev.paths import ROOT
from hivesync_dev.stack.stack import Stack, StackSettings

PICTURES = ROOT / "docs" / "screenshots"
SAMPLE = ROOT / "examples" / "react-native-app"
# What each step shows besides, so that it can be waited for until it is gone; "" for a message, which stays.
_STEPS = (
    ("status", "by the agent"),
    ("tasks", "open and comment"),
    ("comments", "What is it for?"),
    ("docs", "Explanations"),
    ("preview", "Scan it"),
    ("live", "each save is shown there"),
    ("stop", ""),
    ("notifications", "mark all read"),
    ("console", "appears here"),
    ("doctor", "has proven itself"),
    ("logout", ""),
    ("login", "Sign in"),
)


def main() -> None:
    """Start the product, walk through both editors, and write the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = Path(
            shutil.copytree(SAMPLE, folder / "trails", ignore=shutil.ignore_patterns("node_modules"))
        )
        with Stack(StackSettings(folder / "stack")) as stack:
            prepare(stack, project)
            for editor in ("neovim", "vim"):
                with tour_of(editor, stack, project / "App.tsx", folder) as tour:
                    _walk(tour, editor)
                stack.sign_in()


def _walk(tour: Tour, editor: str) -> None:
    for step, text in _STEPS:
        getattr(tour, step)()
        draw(tour.terminal.screen(colours=True), PICTURES / f"{editor}-{step}.png")
        if text:
            tour.close(text)


if __name__ == "__main__":
    main()
