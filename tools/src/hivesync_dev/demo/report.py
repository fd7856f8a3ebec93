"""What the demo tells the person at the terminal. Progress goes to stderr; stdout is for scripts."""

from __future__ import annotations

import sys
from pathlib import Path

from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewError


def say(line: str = "") -> None:
    """Print one line of progress, at once."""
    print(line, file=sys.stderr, flush=True)


def say_ready(part: str, seconds: float) -> None:
    """Print that a part is ready, and how long it took."""
    say(f"  {part + ' ready':<24}{seconds:5.1f} s")


def say_link(preview: LocalPreview, project: Path, seconds: float, on_lan: bool) -> None:
    """Print the phone link with its QR code, and how to stop."""
    say(f"  {'preview ready':<24}{seconds:5.1f} s")
    say()
    print(preview.qr_text, flush=True)
    print(f"{project.name} is at  {preview.preview_url}", flush=True)
    say("Open it in this machine's browser." if not on_lan else "Scan it with a phone on the same network.")
    if not on_lan:
        say("For a real phone: make demo LAN=1")
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
