"""What travels between backend and Worker, and the objects they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from hivesync_contract.ai_docs import AiDocsContext, AiDocsResult, Selection
from hivesync_contract.errors import Diagnostic, ErrorCode
from hivesync_contract.identity import Tier
from hivesync_contract.previews import FileEntry, Narrowed, Platform, PreviewKind


class JobKind(StrEnum):
    PREVIEW_BUILD = "preview.build"
    AI_DOCS = "ai.docs"


class JobStatus(StrEnum):
    SUCCESS = "SUCCESS"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Pack:
    """An uploaded pack: the bytes of these files, one after another; sizes stand in the manifest."""

    key: str
    sha256s: list[str]


@dataclass(frozen=True, slots=True)
class StoredPack:
    """A pack of an earlier version, now object `sources/{project_id}/{sha256}` of the project.

    `offsets` says at which byte of it the files of this manifest begin, by their hashes.
    """

    sha256: str
    offsets: dict[str, int]


@dataclass(frozen=True, slots=True)
class SourceManifest:
    """Object `previews/{preview_id}/v{n}/manifest.json`: all that a build needs to know.

    A file is read from the uploaded or stored pack that lists its hash, else from
    `sources/{project_id}/{sha256}`. `links` leads from a package's folder in some `node_modules` to where
    its files are. `narrowed`: the modules of which only some names count. `live`: build single modules,
    which a save can replace, and not one script.
    """

    kind: PreviewKind
    entry: str
    platform: Platform
    title: str
    files: list[FileEntry]
    packs: list[Pack]
    env: dict[str, str]
    stored: list[StoredPack] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    live: bool = False
    narrowed: Narrowed = field(default_factory=dict)
    schema: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class PreviewBuild:
    """Payload of a `preview.build` job: keys, never contents (a queue message holds 128 KB)."""

    preview_id: str
    project_id: str
    version: int
    manifest_key: str


@dataclass(frozen=True, slots=True)
class AiDocsRequest:
    """Object `sources/{project_id}/ai-docs/{ai_docs_id}.json`: the file to document and its surroundings."""

    path: str
    sha256: str
    content: str
    selection: Selection | None
    context: AiDocsContext
    schema: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class AiDocsWork:
    """Payload of an `ai.docs` job. `request_key` is read from the bucket R2; the Worker puts what it reports
    to `result_key` in R2_ARTIFACTS, too."""

    ai_docs_id: str
    project_id: str
    request_key: str
    result_key: str


@dataclass(frozen=True, slots=True)
class Job:
    """Body of `POST {WORKER_URL}/jobs`. `job_id` is applied once; `attempt` counts from 1.

    It has the payload of its kind and no other.
    """

    job_id: str
    kind: JobKind
    attempt: int
    tier: Tier
    preview: PreviewBuild | None = None
    ai_docs: AiDocsWork | None = None


@dataclass(frozen=True, slots=True)
class CallbackError:
    """Why a job failed. `message`, `file`, `line` and `column` are the first diagnostic's."""

    code: ErrorCode
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    frame: str | None = None
    hint: str | None = None

    def diagnostic(self) -> Diagnostic | None:
        """Give the place in the source, where there is one."""
        if self.file is None:
            return None
        return Diagnostic(self.message, self.file, self.line, self.column, self.frame, self.hint)


@dataclass(frozen=True, slots=True)
class PreviewResult:
    """Result of a `preview.build`. `sources_stored`: every file of the manifest is now under `sources/`,
    its bytes checked against its hash, so that the next manifest need not send it.

    `packs` holds the SHA-256 of each uploaded pack, in the manifest's order: its name under `sources/`.
    """

    sources_stored: bool
    artifact_bytes: int
    warnings: list[Diagnostic] = field(default_factory=list)
    packs: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Callback:
    """Body of `POST /workers/callback` for a `preview.build`; `result` is set on a FAIL too, as far as it is
    known."""

    job_id: str
    kind: JobKind
    status: JobStatus
    attempt: int
    artifact_keys: list[str] = field(default_factory=list)
    logs_key: str | None = None
    result: PreviewResult | None = None
    error: CallbackError | None = None


@dataclass(frozen=True, slots=True)
class AiDocsCallback:
    """Body of `POST /workers/callback` for an `ai.docs`; a SUCCESS has a result."""

    job_id: str
    kind: JobKind
    status: JobStatus
    attempt: int
    artifact_keys: list[str] = field(default_factory=list)
    logs_key: str | None = None
    result: AiDocsResult | None = None
    error: CallbackError | None = None


def source_key(project_id: str, sha256: str) -> str:
    """Give the object name of a source file, or of a pack of them, by the SHA-256 of its bytes."""
    return f"sources/{project_id}/{sha256}"


def version_prefix(preview_id: str, version: int) -> str:
    """Give the folder, with its slash, that holds one version's manifest, packs and artifacts."""
    return f"previews/{preview_id}/v{version}/"


def ai_docs_request_key(project_id: str, ai_docs_id: str) -> str:
    """Give the object name, in the bucket R2, of what an `ai.docs` job reads."""
    return f"sources/{project_id}/ai-docs/{ai_docs_id}.json"


def ai_docs_result_key(job_id: str) -> str:
    """Give the object name, in R2_ARTIFACTS, of what an `ai.docs` job has made."""
    return f"ai-docs/{job_id}.json"
