"""A preview of one file without an agent: what Direct Mode can show. Projects need the agent."""

from __future__ import annotations

import hashlib
import http.client
import os
from typing import Any, Sequence
from urllib.parse import urlsplit

from .direct import open_connection
from .errors import HiveSyncError, Offline, problem
from .links import is_ours, own_origins
from .session import Session

SIZE_MAX_BYTES = 256 * 1024
_SCRIPTS = (".tsx", ".ts", ".jsx", ".js")
_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp")
_KINDS = {
    **dict.fromkeys(_SCRIPTS, "component"),
    **dict.fromkeys(_IMAGES, "image"),
    **dict.fromkeys((".html", ".htm"), "web"),
    **dict.fromkeys((".md", ".markdown"), "markdown"),
}


def create_direct_preview(
    session: Session, server: str, project_id: str, name: str, content: bytes, platform: str
) -> Any:
    """Send the file and give the backend's preview, still to be built; raise `HiveSyncError`."""
    if len(content) > SIZE_MAX_BYTES:
        raise HiveSyncError("PAYLOAD_TOO_LARGE", "Without the agent a file of at most 256 KB can be shown.")
    kind = _KINDS.get(os.path.splitext(name)[1].lower())
    if kind is None:
        shown = "a component (JS, TS), a page, a Markdown file or an image"
        raise HiveSyncError("PREVIEW_UNSUPPORTED", f"Without the agent only {shown} can be shown.")
    digest = hashlib.sha256(content).hexdigest()
    file = {"path": name, "size": len(content), "sha256": digest}
    body = {"kind": kind, "entry": name, "files": [file], "platform": platform, "title": name}
    previews = f"/api/v1/projects/{project_id}/previews"
    made = session.change("POST", previews, body)
    origins = own_origins(session, server)
    for upload in [*made["uploads"]["packs"], *made["uploads"]["files"]]:
        _put(upload["url"], upload.get("headers") or {}, content, origins)
    return session.change("POST", f"{previews}/{made['preview']['id']}/complete")


def _put(url: str, headers: dict[str, str], content: bytes, origins: Sequence[str]) -> None:
    """Upload to the object store, which gets no token of ours."""
    if not is_ours(url, origins):
        raise HiveSyncError("FORBIDDEN", "The server named a place for uploads that is not its own.")
    target = urlsplit(url)
    path = f"{target.path}?{target.query}" if target.query else target.path
    connection = open_connection(target)
    try:
        connection.request("PUT", path, content, headers)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        raise Offline("The file could not be uploaded: the object store can't be reached.") from None
    finally:
        connection.close()
    if response.status >= 300:
        raise problem(response.status, {"detail": "The object store did not take the file."}, {})
