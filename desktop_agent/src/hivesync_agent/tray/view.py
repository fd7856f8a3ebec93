"""What the tray shows, worked out from what the agent says. Draws nothing, asks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hivesync_contract.local_api import AgentStatus, ConnectedClient, LocalPreview
from hivesync_contract.previews import FINAL_STATES

PREVIEWS_SHOWN = 5
_NAME_MAX = 40


class Mood(StrEnum):
    """The state of the icon; the first that applies, from the bottom of this list up."""

    OK = "ok"
    BUSY = "busy"
    PROBLEM = "problem"
    SIGNED_OUT = "signed-out"
    OFFLINE = "offline"
    PAUSED = "paused"
    NO_AGENT = "no-agent"


@dataclass(frozen=True, slots=True)
class View:
    """One moment, as shown. `waiting`: what is kept until the backend can be reached, in words."""

    mood: Mood
    headline: str
    account: str
    waiting: str = ""
    editors: tuple[str, ...] = ()
    previews: tuple[LocalPreview, ...] = ()
    signed_in: bool = False
    paused: bool = False
    server_url: str = ""


NO_AGENT = View(Mood.NO_AGENT, "The agent is not running", "")


def view(status: AgentStatus, previews: list[LocalPreview]) -> View:
    """Give the view of an agent that answers."""
    mood = _mood(status, previews)
    return View(
        mood=mood,
        headline=_HEADLINES[mood],
        account=_account(status),
        waiting=_waiting(status.queued_operations),
        editors=tuple(_editor(client) for client in status.clients if client.name not in _OURS),
        previews=tuple(previews[:PREVIEWS_SHOWN]),
        signed_in=status.signed_in,
        paused=status.paused,
        server_url=status.server_url,
    )


def folder_name(preview: LocalPreview) -> str:
    """Give the name of a preview's folder, without its path, and not too long for a menu."""
    name = preview.root.replace("\\", "/").rstrip("/").rpartition("/")[2] or preview.root
    return name if len(name) <= _NAME_MAX else name[: _NAME_MAX - 1] + "…"


def preview_title(preview: LocalPreview) -> str:
    """Give one line for a preview: what it is of, and how it stands."""
    return f"{folder_name(preview)} – {preview.state}"


_OURS = ("hivesync-tray", "hivesync-cli")
_EDITORS = {
    "hivesync-vscode": "VS Code",
    "hivesync-jetbrains": "JetBrains",
    "hivesync-vim": "Vim",
    "hivesync-neovim": "Neovim",
    "hivesync-sublime": "Sublime Text",
}
_HEADLINES = {
    Mood.OK: "Connected",
    Mood.BUSY: "Building a preview",
    Mood.PROBLEM: "A change came back: hivesync operations",
    Mood.SIGNED_OUT: "Not signed in",
    Mood.OFFLINE: "Offline: the backend can't be reached",
    Mood.PAUSED: "Paused",
}


def _mood(status: AgentStatus, previews: list[LocalPreview]) -> Mood:
    if status.paused:
        return Mood.PAUSED
    if not status.online:
        return Mood.OFFLINE
    if not status.signed_in:
        return Mood.SIGNED_OUT
    if status.conflicting_operations:
        return Mood.PROBLEM
    is_busy = any(preview.state not in FINAL_STATES for preview in previews)
    return Mood.BUSY if is_busy else Mood.OK


def _account(status: AgentStatus) -> str:
    if status.user is not None:
        return f"{status.user.email} ({status.user.tier})"
    return "Signed in" if status.signed_in else ""


def _waiting(changes: int) -> str:
    if changes == 0:
        return ""
    return "1 change waits to be sent" if changes == 1 else f"{changes} changes wait to be sent"


def _editor(client: ConnectedClient) -> str:
    return f"{_EDITORS.get(client.name, client.name)} {client.version}".rstrip()
