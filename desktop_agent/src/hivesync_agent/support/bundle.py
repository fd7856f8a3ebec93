"""The zip of a support bundle: redacted as a whole, for this user alone, with a manifest."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from hivesync.private_files import private_folder, write_private
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.local_support import BundledFile, SupportBundle

from hivesync_agent.log import redact
from hivesync_agent.support.contents import Part

KEPT = 3
"""Older ones are removed, so that asking often fills no disk."""
_REDACTION = "Tokens, keys, passwords, e-mail addresses and queries are replaced; the home folder is ~."


class NotMoved(HiveSyncError):
    """The bundle is made, and can't lie where the user wants it."""

    code = ErrorCode.VALIDATION_ERROR


def write_bundle(parts: Iterable[Part], folder: Path, *, made_by: str, note: str) -> SupportBundle:
    """Write the zip into `folder` and tell what is inside; empty parts are left out."""
    made_at = datetime.now(UTC)
    files: dict[str, tuple[BundledFile, bytes]] = {}
    for part in parts:
        if part.content:
            content = _encoded(part)
            digest = hashlib.sha256(content).hexdigest()
            files[part.name] = BundledFile(part.name, part.purpose, len(content), digest), content
    path = folder / f"hivesync-support-{made_at:%Y%m%d-%H%M%S-%f}.zip"
    bundle = SupportBundle(str(path), made_by, made_at, note, [described for described, _ in files.values()])
    manifest = {"schema": 1, "redaction": _REDACTION} | _without_path(bundle)
    packed = {"manifest.json": _json(manifest)} | {name: content for name, (_, content) in files.items()}
    write_private(path, _zipped(packed))
    for old in sorted(folder.glob("hivesync-support-*.zip"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return bundle


def move_to(bundle: SupportBundle, target: Path) -> SupportBundle:
    """Move the zip where the user wants it, into a folder or under a new name; never over another file.

    Raises `NotMoved`.
    """
    path = target / Path(bundle.path).name if target.is_dir() else target
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        reason = (
            "is there already"
            if isinstance(error, FileExistsError)
            else f"can't be written ({error.strerror})"
        )
        raise NotMoved(
            f"{path} {reason}. The bundle stays at {bundle.path}; or name another file."
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(Path(bundle.path).read_bytes())
    Path(bundle.path).unlink()
    return replace(bundle, path=str(path.absolute()))


def bundle_folder(state: Path) -> Path:
    """Give the folder of the bundles of this machine."""
    return private_folder(private_folder(state) / "support")


def _zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _encoded(part: Part) -> bytes:
    value = clean(msgspec.to_builtins(part.content))
    return _json(value) if part.name.endswith(".json") else "".join(f"{line}\n" for line in value).encode()


def clean(value: Any) -> Any:
    """Redact every text inside a value."""
    if isinstance(value, str):
        return redact(value.replace(str(Path.home()), "~") if Path.home() != Path("/") else value)
    if isinstance(value, dict):
        return {name: clean(each) for name, each in value.items()}
    return [clean(each) for each in value] if isinstance(value, list) else value


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _without_path(bundle: SupportBundle) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(bundle)
    del shown["path"]
    return shown
