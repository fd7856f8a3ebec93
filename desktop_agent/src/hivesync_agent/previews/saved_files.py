"""What saved files become for a room: their text, by the rules of a version. Blocks: for a thread."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from hivesync_contract.previews import FileEntry
from hivesync_contract.rooms import MODULE_BYTES

from hivesync_agent.previews.room_messages import SavedFile
from hivesync_agent.projects.admission import Admission, Verdict, manifest_path
from hivesync_agent.projects.confined import Identity, read_inside
from hivesync_agent.projects.root import Target
from hivesync_agent.projects.secrets import holds_private_key

Show = Callable[[Collection[str]], Awaitable[bool]]
"""Shows saved files, named from the root, on the phones; False if that takes a version."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Files to send, and their entries in a manifest from then on."""

    files: list[SavedFile]
    entries: list[FileEntry]


def read_saved(
    target: Target, own: frozenset[Identity], names: Collection[str], known: Mapping[str, str]
) -> Saved | None:
    """Read files that are named from the root; None if one of them can't simply take its old text's place.

    `known` has the hash of every file that the room has, by its path in the manifest.
    """
    saved = Saved([], [])
    admission = Admission.of(target, own)
    for name in names:
        disk = target.from_base(name)
        path = manifest_path(disk)
        content = read_inside(target.confines, disk, MODULE_BYTES)
        if path not in known or content is None or admission.of_file(disk) is not Verdict.ADMITTED:
            return None
        if holds_private_key(disk, content):
            return None
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 == known[path]:
            continue
        try:
            saved.files.append(SavedFile(path, content.decode()))
        except UnicodeDecodeError:
            return None
        saved.entries.append(FileEntry(path, len(content), sha256))
    return saved
