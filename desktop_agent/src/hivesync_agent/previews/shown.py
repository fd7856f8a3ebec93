"""What the phones of a live preview show, as one key: as long as the files give the same, nothing is new."""

from __future__ import annotations

import hashlib

import msgspec
from hivesync_contract.previews import PreviewCreate


def key_of(project_id: str, manifest: PreviewCreate) -> str:
    """Give the key of a manifest; also by it the backend knows a plan that is sent again."""
    return hashlib.sha256(project_id.encode() + msgspec.json.encode(manifest)).hexdigest()[:24]
