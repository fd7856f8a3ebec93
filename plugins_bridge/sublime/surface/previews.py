"""Previews that this editor has asked for: followed until they end, shown with their code, and stopped."""

from __future__ import annotations

import os
from typing import Any, Callable

import sublime

from ..client.call import PROXY
from ..client.direct_preview import create_direct_preview
from ..client.errors import AgentUnusable, HiveSyncError
from ..client.plain import one_line
from ..client.session import Session
from .background import Cancelled, Job
from .plugin import plugin
from .projects import Located, with_project
from .sheets import actions, code_picture, error, heading, link, open_page, page, soft

_POLL_SECONDS = 0.5
_FINAL = ("ready", "failed")
_UNTIL = {
    "preparing": "reading the project",
    "uploading": "uploading",
    "building": "building the preview",
}

_made: list[dict[str, Any]] = []


def newest(about: str = "") -> dict[str, Any] | None:
    """Give the preview with this id, else the newest; None if there is none."""
    return next((each for each in reversed(_made) if not about or each["id"] == about), None)


def newest_live() -> dict[str, Any] | None:
    """Give the newest preview that follows what is saved."""
    return next((each for each in reversed(_made) if each.get("live")), None)


def start_preview(window: sublime.Window, path: str, *, live: bool) -> None:
    """Preview the project that the path is in, or the file alone where no agent runs."""
    platform = plugin().settings.platform
    body = {"path": path, "platform": platform, "live": live}

    def make(session: Session, job: Job) -> Any:
        way, reason, why = session.mode()
        if way == PROXY:
            return _follow(session, job, session.change("POST", "/v1/previews", body))
        if not os.path.exists(path):
            raise HiveSyncError("VALIDATION_ERROR", f"{path} does not exist. Save it first.")
        if live or not os.path.isfile(path):
            raise AgentUnusable(reason, f"{why} Without it one file at a time is previewed, and not live.")
        return None

    def show(preview: Any) -> None:
        if preview is None:
            with_project(window, lambda project: _start_direct(window, project, path, platform))
        else:
            _show_new(window, preview)

    plugin().ask(window, "asking for the preview", make, show)


def show_preview(window: sublime.Window, preview: dict[str, Any]) -> None:
    """Show link and code, or why there is none, in a tab."""
    title = one_line(preview.get("entry") or preview.get("title") or "preview")
    parts = [heading(title)]
    if preview["state"] == "failed":
        failure = preview.get("error") or {}
        parts.append(error(str(failure.get("message", "The preview could not be made."))))
    else:
        parts += _ready_parts(preview)
    if preview.get("skipped"):
        names = ", ".join(one_line(each) for each in preview["skipped"][:20])
        parts.append(soft(f"Left out, since they may hold secrets: {names}"))
    open_page(window, f"Preview: {title}", page(*parts))


def stop_live(window: sublime.Window, preview: dict[str, Any], then: Callable[[], None]) -> None:
    """End a live preview; the phone keeps what it shows."""

    def stop(session: Session, job: Job) -> Any:
        return session.change("POST", f"/v1/previews/{preview['id']}/stop")

    def done(stopped: Any) -> None:
        preview.update(stopped, live=False)
        then()

    plugin().ask(window, "stopping the live preview", stop, done)


def _ready_parts(preview: dict[str, Any]) -> list[str]:
    about = str(preview["id"])
    buttons = [("Open in the browser", "hivesync_open_preview", about)]
    buttons.append(("Copy the link", "hivesync_copy_preview_link", about))
    if preview.get("live"):
        buttons.append(("Stop", "hivesync_stop_preview", about))
    code = code_picture(str(preview.get("qr_png", "")))
    hint = (
        "Scan the code with your phone."
        if code
        else "The agent draws a code for your phone; it does not run."
    )
    live = " Each save is on the phone at once." if preview.get("live") else ""
    return [code, soft(hint + live), link(str(preview["preview_url"])), actions(*buttons)]


def _start_direct(window: sublime.Window, project: Located, path: str, platform: str) -> None:
    server = plugin().server

    def make(session: Session, job: Job) -> Any:
        try:
            with open(path, "rb") as file:
                content = file.read()
        except OSError as failure:
            raise HiveSyncError("VALIDATION_ERROR", f"{path}: {failure.strerror}") from None
        name = os.path.basename(path)
        preview = create_direct_preview(session, server, project.id, name, content, platform)
        return _follow(session, job, preview)

    plugin().ask(window, "uploading", make, lambda preview: _show_new(window, preview))


def _follow(session: Session, job: Job, preview: Any) -> Any:
    """Wait until it has ended; one that the user gives up is removed."""
    is_the_agent_s = "root" in preview
    above = "/v1" if is_the_agent_s else f"/api/v1/projects/{preview['project_id']}"
    path = f"{above}/previews/{preview['id']}"
    try:
        while preview["state"] not in _FINAL:
            job.say(_UNTIL.get(preview["state"], "waiting for the preview"))
            job.pause(_POLL_SECONDS)
            preview = session.get(path)
    except Cancelled:
        session.call("DELETE", path)
        raise
    return preview


def _show_new(window: sublime.Window, preview: Any) -> None:
    if preview["state"] == "ready" or preview.get("live"):
        _made.append(preview)
    plugin().diagnostics.replace(
        str(preview.get("preview_id") or preview["id"]), list(preview.get("diagnostics") or [])
    )
    if window.is_valid():
        show_preview(window, preview)
    plugin().refresh_soon()
