"""Packs that stay: from what the Worker stored to rows, and from rows to what the next manifest says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hivesync_contract.jobs import Pack, SourceManifest, StoredPack

from hivesync_server.projects.sources import StoredSource


def stored_packs(sources: Iterable[StoredSource]) -> list[StoredPack]:
    """Give the packs in which these files lie; files with objects of their own are in none."""
    offsets: dict[str, dict[str, int]] = {}
    for source in sources:
        if source.pack_sha256 is not None and source.pack_offset is not None:
            offsets.setdefault(source.pack_sha256, {})[source.sha256] = source.pack_offset
    return [StoredPack(sha256, places) for sha256, places in offsets.items()]


def stored_sources(manifest: SourceManifest, names: Sequence[str]) -> list[StoredSource]:
    """Give where the files lie that came with this version, its uploaded packs being stored under `names`.

    What lies in a pack without a name is left out: it has to be sent again.
    """
    sizes = {file.sha256: file.size for file in manifest.files}
    packed = {sha256 for pack in manifest.packs for sha256 in pack.sha256s}
    packed.update(sha256 for pack in manifest.stored for sha256 in pack.offsets)
    found = [StoredSource(sha256, size) for sha256, size in sizes.items() if sha256 not in packed]
    for pack, name in zip(manifest.packs, names, strict=False):
        found.extend(_places(pack, name, sizes))
    return found


def _places(pack: Pack, name: str, sizes: Mapping[str, int]) -> Iterator[StoredSource]:
    offset = 0
    for sha256 in pack.sha256s:
        # A pack of one file is that file, and has its name.
        alone = sha256 == name
        yield StoredSource(sha256, sizes[sha256], None if alone else name, None if alone else offset)
        offset += sizes[sha256]
