"""What the tray shows, worked out from what the agent says. Draws nothing, asks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hivesync_contract.local_api import AgentStatus, LocalPreview
from hivesync_contract.previews import FINAL_STATES, PreviewState

PREVIEWS_SHOWN = 5
_NAME_MAX = 40


class Mood(StrEnum):
    """The state of the icon; the first that applies, from the bottom of this list up."""

    OK = "ok"
    BUSY = "busy"
    SIGNED_OUT = "signed-out"
    OFFLINE = "offline"
    PAUSED = "paused"
    NO_AGENT = "no-agent"


@dataclass(frozen=True, slots=True)
class View:
    """One moment, as shown."""

    mood: Mood
    headline: str
    account: str
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
        editors=tuple(
            f"{client.name} {client.version}" for client in status.clients if _is_editor(client.name)
        ),
        previews=tuple(previews[:PREVIEWS_SHOWN]),
        signed_in=status.signed_in,
        paused=status.paused,
        server_url=status.server_url,
    )


def preview_title(preview: LocalPreview) -> str:
    """Give one line for a preview: the folder's name, how it stands, no path."""
    name = preview.root.replace("\\", "/").rstrip("/").rpartition("/")[2] or preview.root
    short = name if len(name) <= _NAME_MAX else name[: _NAME_MAX - 1] + "…"
    return f"{short} – {preview.state}"


def announcement(preview: LocalPreview) -> tuple[str, str] | None:
    """Give title and text of the notification that a preview is worth; None while it goes on."""
    name = preview_title(preview).rpartition(" – ")[0]
    if preview.state is PreviewState.READY:
        return "Preview ready", f"{name}: scan its code in the tray's menu."
    if preview.state is PreviewState.FAILED:
        return "Preview failed", f"{name}: {preview.error.message if preview.error else 'see the log'}"
    return None


_HEADLINES = {
    Mood.OK: "Connected",
    Mood.BUSY: "Building a preview",
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
    is_busy = any(preview.state not in FINAL_STATES for preview in previews)
    return Mood.BUSY if is_busy else Mood.OK


def _account(status: AgentStatus) -> str:
    if status.user is not None:
        return f"{status.user.email} ({status.user.tier})"
    return "Signed in" if status.signed_in else ""


def _is_editor(client: str) -> bool:
    return client not in ("hivesync-tray", "hivesync-cli")
