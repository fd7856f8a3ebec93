"""An editor of the Vim family in a terminal, with an agent behind it whose answers a test writes down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hivesync_dev.editors.installed import neovim_command, neovim_programs, vim_command
from hivesync_dev.editors.tmux import Tmux
from hivesync_dev.editors.tour import Tour, status_line


@contextmanager
def scripted_editor(editor: str, file: Path, folder: Path) -> Iterator[Tour]:
    """Open the file; the agent's discovery file is looked for in `folder / "run"`."""
    options = ["-n", "--cmd", status_line(editor), str(file)]
    command = (
        vim_command(*options) if editor == "vim" else neovim_command(neovim_programs()["current"], *options)
    )
    environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "America/New_York", "HOME": str(folder)}
    with Tmux(command, environ | {"HIVESYNC_RUNTIME_DIR": str(folder / "run")}, folder, (80, 24)) as terminal:
        terminal.wait_for("HiveSync ")
        yield Tour(terminal, editor)
