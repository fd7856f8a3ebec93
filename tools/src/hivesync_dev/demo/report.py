"""What the demo tells the person at the terminal. Progress goes to stderr; stdout is for scripts."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewError

from hivesync_dev.demo.env_file import short_path, with_env
from hivesync_dev.stack.stack import DemoUser


def say(line: str = "") -> None:
    """Print one line of progress, at once."""
    print(line, file=sys.stderr, flush=True)


def say_ready(part: str, seconds: float) -> None:
    """Print that a part is ready, and how long it took."""
    say(f"  {part + ' ready':<24}{seconds:5.1f} s")


def say_link(preview: LocalPreview, project: Path, on_lan: bool) -> None:
    """Print the phone link with its QR code, and who can use it."""
    say()
    if on_lan:
        say("Scan the code with a phone on the same network.")
    else:
        say("Open the link in this machine's browser; a phone can't reach it. For a phone: make demo LAN=1")
    print(preview.qr_text, flush=True)
    print(f"{project.name} is at {preview.preview_url}", flush=True)


def say_what_next(project: Path, has_keyboard: bool, server_url: str, user: DemoUser) -> None:
    """Print how to get another link, how to show a change, whose account it is, and how to stop."""
    again = with_env(f".venv/bin/hivesync preview {shlex.quote(short_path(project))}")
    say("The link can be opened for ten minutes; a page that is open stays.")
    if has_keyboard:
        say("For a new link press Enter.")
        say(f"After a change:  {again}")
    else:
        say(f"For a new link, or after a change:  {again}")
    say(f"The hivesync command in another shell:  {with_env('.venv/bin/hivesync status')}")
    say(f"The server's own pages:  {server_url}  (sign in as {user.username}, password {user.password})")
    say("Ctrl-C stops everything.")


def failure_text(error: PreviewError | None) -> str:
    """Give the reason of a failed preview: the code, the place as `file:line:column`, what is wrong there."""
    if error is None:
        return "The preview failed and nobody said why; see .demo/logs."
    lines = [f"{error.code}: {error.message}"]
    if (place := error.diagnostic) and place.file:
        numbers = [str(number) for number in (place.line, place.column) if number is not None]
        lines.append(f"  at {':'.join([place.file, *numbers])}")
        lines += [f"  {line}" for line in (place.frame or "").splitlines()]
        if place.hint:
            lines.append(f"  {place.hint}")
    return "\n".join(lines)
