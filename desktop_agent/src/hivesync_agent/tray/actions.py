"""What the menu does: by the local API, or by the `hivesync` command as a process. Uses no shell."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import hivesync
from hivesync_contract.local_api import LocalPreview

from hivesync_agent.cli.browser import open_ours
from hivesync_agent.detached import leave, spawn
from hivesync_agent.tray.code_window import enlarged, show_window

_COMMAND_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and the first line of what it said."""

    succeeded: bool
    words: str


def command(profile: str | None, *arguments: str) -> Done:
    """Run `hivesync …` to its end."""
    named = ("--profile", profile) if profile else ()
    try:
        result = subprocess.run(
            [sys.executable, "-P", "-m", "hivesync_agent", *named, *arguments],
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=_COMMAND_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        return Done(False, f"`hivesync {' '.join(arguments)}` did not end; try it in a terminal.")
    lines = (result.stdout or result.stderr).strip().splitlines()
    return Done(result.returncode == 0, lines[0] if lines else "")


def sign_in(client: hivesync.Client) -> str:
    """Start a sign-in in the browser; give the words to show meanwhile."""
    pending = client.agent.login_device().pending
    if pending is None:
        return "You are signed in."
    opened = open_ours(pending.verification_uri_complete, [client.settings.server_url])
    where = "the browser" if opened else pending.verification_uri
    return f"Confirm the code {pending.user_code} in {where}."


def open_dashboard(server_url: str) -> str | None:
    """Open the backend's own pages; say what to do where that is not possible."""
    return None if open_ours(server_url + "/", [server_url]) else f"Open {server_url} in a browser."


def collect_logs(profile: str | None) -> str:
    """Have a support bundle made, show its folder, and say where it is.

    By the command, since it also makes one while no agent answers, which is when it is needed most.
    """
    made = command(profile, "support-bundle")
    if made.succeeded:
        show_file(Path(made.words).parent)
        return f"{made.words}\nNothing was sent. Look inside before you pass it on."
    return made.words


def show_code(preview: LocalPreview, folder: Path) -> Path | None:
    """Show the QR code: in a window of ours, or where the tray has no GTK in the system's picture viewer.

    Gives the private file that a viewer reads; the caller removes it.
    """
    if sys.platform == "linux":
        show_window(preview)
        return None
    with tempfile.NamedTemporaryFile(prefix="qr-", suffix=".png", dir=folder, delete=False) as file:
        enlarged(preview).save(file, "PNG")
    show_file(Path(file.name))
    return Path(file.name)


def show_file(path: Path) -> None:
    """Hand a file or folder of ours to the desktop, as an argument and never through a shell."""
    if sys.platform == "win32":
        import os

        os.startfile(path)  # noqa: S606 - a picture or folder that we made, for its own viewer
        return
    program = "open" if sys.platform == "darwin" else "xdg-open"
    with contextlib.suppress(FileNotFoundError):  # a desktop without it: the path is told as well
        leave(spawn([program, str(path)], None))
