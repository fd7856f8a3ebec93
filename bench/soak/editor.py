"""What an editor does beside its calls: it listens to events, and now and then shows a preview."""

from __future__ import annotations

import http.client
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.soak.records import Ledger
from bench.soak.ways import ByHttp, NoAnswer

_RECONNECT_SECONDS = 0.3
_PREVIEW_EVERY_SECONDS = 20.0
PREVIEW_SECONDS = 120.0
"""Longest that a preview may take, through restarts of everything."""


def hear_events(discovery: Path, ledger: Ledger, stopping: threading.Event) -> None:
    """Listen until the end, over restarts; count what is heard, and see that nothing comes twice."""
    last_id = ""
    while not stopping.is_set():
        try:
            stream = ByHttp(discovery).open_stream(last_id)
        except NoAnswer:
            stopping.wait(_RECONNECT_SECONDS)
            continue
        ledger.counts["streams"] += 1
        try:
            for event_id, kind in _events(stream):
                if event_id and event_id == last_id:
                    ledger.complain(f"event {event_id} ({kind}) came twice")
                last_id = event_id or last_id
                ledger.counts[f"event {kind}"] += 1
                if kind == "operation.conflict":
                    ledger.complain("a change came back as a conflict")
        except (OSError, http.client.HTTPException):
            pass  # the agent has ended; the next one is asked for what came after the last event
        stopping.wait(_RECONNECT_SECONDS)


def _events(stream: http.client.HTTPResponse) -> Iterator[tuple[str, str]]:
    """Give id and type of each event as it comes."""
    event_id = kind = ""
    for raw in stream:
        name, _, value = raw.decode().rstrip("\r\n").partition(": ")
        if name == "id":
            event_id = value
        elif name == "event":
            kind = value
        elif not name and kind:
            yield event_id, kind
            event_id = kind = ""


def preview_now_and_then(discovery: Path, ledger: Ledger, stopping: threading.Event, project: Path) -> None:
    """Change the project, preview it, wait until it is ready; until the end."""
    way, number = ByHttp(discovery), 0
    while not stopping.is_set():
        number += 1
        (project / "main.js").write_text(f"document.title = 'version {number}'\n", encoding="utf-8")
        _preview(way, ledger, project)
        stopping.wait(_PREVIEW_EVERY_SECONDS)


def _ended_with_the_session(preview: dict[str, Any]) -> bool:
    return bool(preview["state"] == "failed" and preview["error"]["code"] == "AUTH_REQUIRED")


def _preview(way: ByHttp, ledger: Ledger, project: Path) -> None:
    ends, key = time.monotonic() + PREVIEW_SECONDS, str(uuid.uuid4())
    preview: dict[str, Any] = {}
    while time.monotonic() < ends:
        try:
            if not preview:
                answer = way.call("POST", "/v1/previews", {"path": str(project)}, key)
            else:
                answer = way.call("GET", f"/v1/previews/{preview['id']}")
        except NoAnswer:
            time.sleep(_RECONNECT_SECONDS)
            continue
        if answer.status in (200, 202):
            preview = answer.body
            if preview["state"] == "ready":
                ledger.counts["previews"] += 1
                return
            if _ended_with_the_session(preview):
                ledger.counts["previews of a user who signed out"] += 1
                return
            if preview["state"] in ("failed", "canceled"):
                ledger.complain(f"a preview failed: {preview.get('error')}")
                return
        elif answer.status not in (401, 503):
            ledger.complain(f"a preview was answered {answer.status}: {answer.body}")
            return
        time.sleep(_RECONNECT_SECONDS)
    ledger.complain(f"a preview was not ready after {PREVIEW_SECONDS:.0f} s: {preview}")
