"""`python -m hivesync_dev.editors.pictures`: draw every command of the Vim family for the documentation."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hivesync_dev.editors.explained import explaining_stack
from hivesync_dev.editors.picture import draw
from hivesync_dev.editors.tour import SUGGESTED, Tour, prepare, tour_of
from hivesync_dev.paths import ROOT

PICTURES = ROOT / "docs" / "screenshots"
SAMPLE = ROOT / "examples" / "react-native-app"
# What the windows of each step show, so that they can be closed; nothing for a message, which stays.
_STEPS: tuple[tuple[str, list[str]], ...] = (
    ("status", ["by the agent"]),
    ("tasks", ["open and comment"]),
    ("comments", ["What is it for?"]),
    ("docs", []),
    ("suggestion", [SUGGESTED, "Explanations"]),
    ("preview", ["Scan it"]),
    ("live", ["each save is shown there"]),
    ("stop", []),
    ("notifications", ["mark all read"]),
    ("console", ["appears here"]),
    ("doctor", ["has proven itself"]),
    ("logout", []),
    ("login", ["Sign in"]),
)


def main() -> None:
    """Start the product, walk through both editors, and write the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = Path(
            shutil.copytree(SAMPLE, folder / "trails", ignore=shutil.ignore_patterns("node_modules"))
        )
        with explaining_stack(folder / "stack") as stack:
            prepare(stack, project)
            for editor in ("neovim", "vim"):
                with tour_of(editor, stack, project / "App.tsx", folder) as tour:
                    _walk(tour, editor)
                stack.sign_in()


def _walk(tour: Tour, editor: str) -> None:
    for step, windows in _STEPS:
        getattr(tour, step)()
        draw(tour.terminal.screen(colours=True), PICTURES / f"{editor}-{step}.png")
        for text in windows:
            tour.close(text)


if __name__ == "__main__":
    main()
