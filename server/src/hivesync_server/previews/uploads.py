"""The upload plan: what the project lacks, small files together in packs, large ones each by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hivesync_contract.jobs import Pack, source_key, version_prefix
from hivesync_contract.limits import PACKED_FILE_BYTES
from hivesync_contract.previews import FileEntry, FileUpload, PackUpload, UploadPlan

from hivesync_server.adapters.objects import ObjectStore

PACK_BYTES = 8 * 1024 * 1024
"""The Worker reads a pack as a whole, into an isolate of 128 MB."""


@dataclass(frozen=True, slots=True)
class PlannedUploads:
    """What the client is told, and what the manifest says about packs."""

    plan: UploadPlan
    packs: list[Pack]


def plan_uploads(
    objects: ObjectStore, project_id: str, preview_id: str, version: int, missing: Iterable[FileEntry]
) -> PlannedUploads:
    """Presign an upload of every missing file. Takes about a millisecond each: run it in a thread."""
    unique = sorted({file.sha256: file for file in missing}.values(), key=lambda file: file.path)
    small = [file for file in unique if file.size <= PACKED_FILE_BYTES]
    packs, pack_uploads = [], []
    for number, files in enumerate(_packed(small)):
        pack = Pack(f"{version_prefix(preview_id, version)}pack-{number}", [file.sha256 for file in files])
        size = sum(file.size for file in files)
        packs.append(pack)
        pack_uploads.append(PackUpload(objects.presign_put(pack.key, size).url, pack.sha256s, size))
    large = [_upload(objects, project_id, file) for file in unique if file.size > PACKED_FILE_BYTES]
    return PlannedUploads(UploadPlan(pack_uploads, large), packs)


def _upload(objects: ObjectStore, project_id: str, file: FileEntry) -> FileUpload:
    put = objects.presign_put(source_key(project_id, file.sha256), file.size, file.sha256)
    return FileUpload(put.url, file.sha256, file.size, put.headers)


def _packed(files: Sequence[FileEntry]) -> Iterator[list[FileEntry]]:
    pack: list[FileEntry] = []
    room = PACK_BYTES
    for file in files:
        if pack and file.size > room:
            yield pack
            pack, room = [], PACK_BYTES
        pack.append(file)
        room -= file.size
    if pack:
        yield pack
