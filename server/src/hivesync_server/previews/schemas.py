"""Limits on what a preview takes; the shapes themselves are the contract's."""

from __future__ import annotations

from typing import Annotated

from hivesync_contract.limits import MANIFEST_FILES, PATH_BYTES
from hivesync_contract.previews import FileEntry, Origin, Platform, PreviewCreate, PreviewKind
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT, Line, Prose
from hivesync_server.previews.paths import checked_path, first_duplicate

_FILE_BYTES_MAX = 1 << 40

ManifestPath = Annotated[str, AfterValidator(checked_path)]
EnvName = Annotated[str, Field(pattern=r"^(VITE_|EXPO_PUBLIC_)[A-Za-z0-9_]{1,100}$")]
EnvValue = Annotated[Prose, Field(max_length=4096)]
ExportName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_$]{1,200}$")]


@dataclass(frozen=True, slots=True, config=STRICT)
class FileEntryBody(FileEntry):
    """One file of a manifest."""

    path: ManifestPath
    size: Annotated[int, Field(ge=0, le=_FILE_BYTES_MAX, strict=True)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, config=STRICT)
class OriginBody(Origin):
    """Where a name of a narrowed module comes from."""

    source: Annotated[Line, Field(max_length=PATH_BYTES)]
    name: ExportName


NarrowedNames = Annotated[dict[ExportName, OriginBody | None], Field(max_length=MANIFEST_FILES)]


@dataclass(frozen=True, slots=True, config=STRICT)
class PreviewCreateBody(PreviewCreate):
    """Body of `POST …/previews` and of `POST …/versions`."""

    kind: PreviewKind
    entry: ManifestPath
    files: Annotated[list[FileEntryBody], Field(min_length=1, max_length=MANIFEST_FILES)]  # type: ignore[assignment]
    platform: Platform = Platform.IOS
    title: Annotated[Line, Field(max_length=200)] = ""
    env: Annotated[dict[EnvName, EnvValue], Field(max_length=100)] = Field(default_factory=dict)
    links: Annotated[dict[ManifestPath, ManifestPath], Field(max_length=MANIFEST_FILES)] = Field(
        default_factory=dict
    )
    narrowed: Annotated[dict[ManifestPath, NarrowedNames], Field(max_length=MANIFEST_FILES)] = Field(  # type: ignore[assignment]
        default_factory=dict
    )

    def __post_init__(self) -> None:
        if twice := first_duplicate(entry.path for entry in self.files):
            raise ValueError(f"{twice!r} is listed twice")
        if all(entry.path != self.entry for entry in self.files):
            raise ValueError("the entry is not among the files")
        sizes: dict[str, int] = {}
        for file in self.files:
            if sizes.setdefault(file.sha256, file.size) != file.size:
                raise ValueError(f"{file.path!r} has the hash of a file with another size")
