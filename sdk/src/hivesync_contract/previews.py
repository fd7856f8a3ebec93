"""Previews: what is asked for, what must be uploaded, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hivesync_contract.errors import Diagnostic, ErrorCode


class Platform(StrEnum):
    """Which platform's files win (`button.ios.tsx` over `button.tsx`)."""

    IOS = "ios"
    ANDROID = "android"
    WEB = "web"


class PreviewKind(StrEnum):
    """What the source is, found by the agent. `web` has an index.html entry, with or without a framework."""

    REACT_NATIVE = "react_native"
    WEB = "web"
    COMPONENT = "component"
    MARKDOWN = "markdown"
    IMAGE = "image"


class PreviewState(StrEnum):
    """`preparing` exists only in the agent; a preview of the backend starts as `uploading`."""

    PREPARING = "preparing"
    UPLOADING = "uploading"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


FINAL_STATES = frozenset({PreviewState.READY, PreviewState.FAILED})


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a manifest. `path` is `/`-separated and NFC, relative to the project's root or, where files
    come from the workspace around it, to that; `sha256` is hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a name comes from that a module only hands on: `source` is the import, as it is written there."""

    source: str
    name: str


Narrowed = dict[str, dict[str, Origin | None]]
"""By its path, a package's module of which only some names are used, with these. None: it has no such name,
which is a type or a mistake. The files behind all its other names are not in the manifest."""


@dataclass(frozen=True, slots=True)
class PreviewCreate:
    """`POST /projects/{id}/previews`: the whole manifest; the answer says which hashes are missing.

    `env` holds only values that are public by their tool's rule (`VITE_*`, `EXPO_PUBLIC_*`). `links` says
    which folders of packages are links, and to which folder of the manifest each leads; `narrowed`, of which
    modules only some names count. A `live` preview is built as single modules, so that a save can replace one
    of them.
    """

    kind: PreviewKind
    entry: str
    files: list[FileEntry]
    platform: Platform = Platform.IOS
    title: str = ""
    env: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    live: bool = False
    narrowed: Narrowed = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PackUpload:
    """Small missing files in one object: their bytes one after another, in the order of `sha256s`."""

    url: str
    sha256s: list[str]
    size: int


@dataclass(frozen=True, slots=True)
class FileUpload:
    """One missing file, sent by `PUT` with exactly these headers."""

    url: str
    sha256: str
    size: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UploadPlan:
    """What the backend does not have yet. Presigned URLs live 15 minutes; both lists may be empty."""

    packs: list[PackUpload]
    files: list[FileUpload]


@dataclass(frozen=True, slots=True)
class PreviewError:
    """Why a preview failed; `diagnostic` points into the source where that is known."""

    code: ErrorCode
    message: str
    diagnostic: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview. `preview_url` is the phone link, with its token in the fragment."""

    id: str
    project_id: str
    version: int
    kind: PreviewKind
    state: PreviewState
    title: str
    entry: str
    platform: Platform
    preview_url: str
    created_at: datetime
    expires_at: datetime
    ready_at: datetime | None = None
    error: PreviewError | None = None
    warnings: list[Diagnostic] = field(default_factory=list)
    """What a version that is ready does otherwise than on a device, such as packages that are replaced."""


@dataclass(frozen=True, slots=True)
class PreviewCreated:
    """Answer of `POST /projects/{id}/previews`. After the uploads: `POST …/previews/{id}/complete`."""

    preview: Preview
    uploads: UploadPlan
