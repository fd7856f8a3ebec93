"""What the menu does: by the local API, or by the `hivesync` command as a process. Uses no shell."""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from pathlib import Path

import hivesync
from hivesync_contract.local_api import LocalPreview

from hivesync_agent.cli.browser import open_ours

_COMMAND_SECONDS = 120


def command(profile: str | None, *arguments: str) -> tuple[bool, str]:
    """Run `hivesync …` to its end; tell whether it succeeded and the first line of what it said."""
    named = ("--profile", profile) if profile else ()
    result = subprocess.run(
        [sys.executable, "-P", "-m", "hivesync_agent", *named, *arguments],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=_COMMAND_SECONDS,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    words = (result.stdout or result.stderr).strip().splitlines()
    return result.returncode == 0, words[0] if words else ""


def sign_in(client: hivesync.Client) -> str:
    """Start a sign-in in the browser; give the words to show meanwhile."""
    pending = client.agent.login_device().pending
    if pending is None:
        return "You are signed in."
    opened = open_ours(pending.verification_uri_complete, [client.settings.server_url])
    where = "the browser" if opened else pending.verification_uri
    return f"Confirm the code {pending.user_code} in {where}."


def open_dashboard(server_url: str) -> bool:
    """Open the backend's own pages."""
    return open_ours(server_url + "/", [server_url])


def show_code(preview: LocalPreview, folder: Path) -> Path:
    """Show the QR code in the system's picture viewer, from a private file; give that file."""
    data = base64.b64decode(preview.qr_png.partition(",")[2])
    with tempfile.NamedTemporaryFile(prefix="qr-", suffix=".png", dir=folder, delete=False) as file:
        file.write(_large(data))
    view_file(Path(file.name))
    return Path(file.name)


def view_file(path: Path) -> None:
    """Hand a file of ours to the desktop, as an argument and never through a shell."""
    if sys.platform == "win32":
        import os

        os.startfile(path)  # noqa: S606 - a picture that we wrote, for its own viewer
        return
    program = "open" if sys.platform == "darwin" else "xdg-open"
    subprocess.Popen([program, str(path)], stdin=subprocess.DEVNULL, start_new_session=True)


def _large(png: bytes) -> bytes:
    """Scale the code up without blurring it: a phone reads it from the other side of the desk."""
    import io

    from PIL import Image

    image = Image.open(io.BytesIO(png))
    factor = max(1, 480 // image.width)
    scaled = image.convert("L").resize((image.width * factor,) * 2, Image.Resampling.NEAREST)
    output = io.BytesIO()
    scaled.save(output, "PNG")
    return output.getvalue()
