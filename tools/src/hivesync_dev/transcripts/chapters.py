"""The chapters that take the whole product: Direct Mode at a real backend, and previews by a real Worker."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from hivesync_contract import PROTOCOL_MAX, headers
from hivesync_contract.discovery import API_PREFIX
from hivesync_contract.previews import FINAL_STATES

from hivesync_dev.paths import ROOT
from hivesync_dev.stack.stack import Stack
from hivesync_dev.transcripts.masking import Mask
from hivesync_dev.transcripts.recorder import Recorder

FOLDER = ROOT / "plugins_bridge" / "spec" / "transcripts"
_API = "/api/v1"
_NOBODY_S = "0199c1b2-0000-7000-8000-000000000009"
_NOTES = b"# Trailbook\n"
_PAGE = '<!doctype html>\n<title>Trailbook</title>\n<script type="module" src="app.ts"></script>\n'
_DIFFERS = frozenset(
    {"request_id", "qr_svg", "qr_png", "qr_text", "email", "username", "uploaded_bytes", "hashed_files"}
)


def chapters(stack: Stack, folder: Path) -> dict[str, dict[str, Any]]:
    """Record every chapter; `folder` is empty, and gets the project that is previewed."""
    return {
        "direct": {"exchanges": _direct_mode(stack)},
        "preview": {"exchanges": _previews(stack, folder)},
    }


def _direct_mode(stack: Stack) -> list[dict[str, Any]]:
    """Play a client that has no agent, from its first read to a preview of one file."""
    secrets = {"<access token>": _access_token(stack), **_keys(3)}
    recorder = Recorder(stack.server.settings.url, secrets, Mask(_DIFFERS))
    bearer = {"Authorization": "Bearer <access token>"}
    change, projects = {**bearer, headers.IDEMPOTENCY_KEY: "<key 1>"}, f"{_API}/projects"
    recorder.ask("Who is signed in: the token is from `hivesync token`.", "GET", f"{_API}/auth/me", bearer)
    recorder.ask("No token.", "GET", f"{_API}/auth/me", {})
    trails = {"name": "Trails"}
    project = recorder.ask("A change, under a key of its own.", "POST", projects, change, trails)
    recorder.ask("The same again, its answer being lost: done once.", "POST", projects, change, trails)
    recorder.ask("Another change under that key.", "POST", projects, change, {"name": "Lakes"})
    recorder.ask("A project that this user does not see.", "GET", f"{projects}/{_NOBODY_S}", bearer)
    _lone_preview(recorder, f"{projects}/{project['id']}/previews", bearer)
    return recorder.exchanges


def _lone_preview(recorder: Recorder, previews: str, bearer: Mapping[str, str]) -> None:
    file = {"path": "notes.md", "size": len(_NOTES), "sha256": hashlib.sha256(_NOTES).hexdigest()}
    asked = {"kind": "markdown", "entry": "notes.md", "title": "notes.md", "platform": "ios", "files": [file]}
    first, second = ({**bearer, headers.IDEMPOTENCY_KEY: key} for key in ("<key 2>", "<key 3>"))
    made = recorder.ask("A preview of one file.", "POST", previews, first, asked)
    health = recorder.ask("Only these origins get files.", "GET", f"{_API}/health", {})
    for upload in (*made["uploads"]["packs"], *made["uploads"]["files"]):
        if not upload["url"].startswith(tuple(health["upload_origins"])):
            raise ValueError(f"{upload['url']} is not at an origin of {health['upload_origins']}")
        sent = upload.get("headers") or {}
        recorder.ask("The file goes to the store, without our token.", "PUT", upload["url"], sent, _NOTES)
    preview = f"{previews}/{made['preview']['id']}"
    recorder.ask("All is sent: build it.", "POST", f"{preview}/complete", second)
    recorder.ask("Asked until it is ready or has failed.", "GET", preview, bearer, until=_has_ended)


def _previews(stack: Stack, folder: Path) -> list[dict[str, Any]]:
    """Play an editor that has a project previewed by the agent: one that is built, one that can't be."""
    found = stack.agent.discovery()
    recorder = Recorder(
        f"http://127.0.0.1:{found.port}",
        {"<token>": found.token, **_keys(3)},
        Mask(_DIFFERS, str(folder)),
    )
    usual = {
        "Authorization": "Bearer <token>",
        headers.CLIENT: "example-editor/0.1.0",
        headers.PROTOCOL: str(PROTOCOL_MAX),
    }
    previews = f"{API_PREFIX}/v1/previews"
    for number, (why, path) in enumerate(_projects(folder).items(), 1):
        change = {**usual, headers.IDEMPOTENCY_KEY: f"<key {number}>"}
        made = recorder.ask(why, "POST", previews, change, {"path": str(path), "platform": "ios"})
        if "id" in made:
            then = "Asked until it is ready or has failed; events tell of it, too."
            recorder.ask(then, "GET", f"{previews}/{made['id']}", usual, until=_has_ended)
    return recorder.exchanges


def _projects(folder: Path) -> dict[str, Path]:
    good, broken = folder / "trails", folder / "lakes"
    for project in (good, broken):
        project.mkdir()
        (project / "index.html").write_text(_PAGE)
        (project / "app.ts").write_text("export const places = [\n" + "]\n" * (project is good))
    return {
        "A project is previewed.": good,
        "A project that can't be built.": broken,
        "A path that there is not.": folder / "nowhere",
    }


def _has_ended(preview: Any) -> bool:
    return preview["state"] in FINAL_STATES


def _access_token(stack: Stack) -> str:
    """Sign in as `hivesync token` has done; what it sends is no client's business."""
    body = {"login": stack.user.email, "password": stack.user.password}
    with httpx.Client(base_url=stack.server.settings.url, trust_env=False, timeout=30) as http:
        return str(http.post(f"{_API}/auth/login", json=body).raise_for_status().json()["access_token"])


def _keys(count: int) -> dict[str, str]:
    return {f"<key {number}>": str(uuid.uuid4()) for number in range(1, count + 1)}
