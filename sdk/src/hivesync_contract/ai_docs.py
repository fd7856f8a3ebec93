"""AI documentation of one file: what is asked, with its context, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hivesync_contract.errors import ErrorCode


class AiDocsState(StrEnum):
    """`preparing` exists only in the agent, while it collects the context."""

    PREPARING = "preparing"
    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


AI_DOCS_FINAL_STATES = frozenset({AiDocsState.READY, AiDocsState.FAILED})


class SymbolKind(StrEnum):
    CLASS = "class"
    CONSTANT = "constant"
    ENUM = "enum"
    FUNCTION = "function"
    INTERFACE = "interface"
    METHOD = "method"
    MODULE = "module"
    TYPE = "type"


class Relation(StrEnum):
    """How a neighbouring file is related to the one in question."""

    IMPORTS = "imports"
    IMPORTED_BY = "imported_by"


@dataclass(frozen=True, slots=True)
class Selection:
    """Lines of the file, counted from 1, both included."""

    line_start: int
    line_end: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named part of the file. `container` is what it lies in, such as its class."""

    name: str
    kind: SymbolKind
    line_start: int
    line_end: int
    container: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A file of the same project. `content` is its beginning; `truncated` says that there is more."""

    path: str
    relation: Relation
    content: str
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class AiDocsContext:
    """What the agent knows about the file's surroundings; both lists are bounded, and may be empty."""

    neighbours: list[Neighbour] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AiDocsCreate:
    """`POST /projects/{id}/ai-docs`. `path` as in manifests; `sha256` is that of `content` as UTF-8."""

    path: str
    sha256: str
    content: str
    selection: Selection | None = None
    context: AiDocsContext = field(default_factory=AiDocsContext)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one part of the file does. `symbol` is empty where the lines have no name."""

    symbol: str
    line_start: int
    line_end: int
    text: str


@dataclass(frozen=True, slots=True)
class AiDocsResult:
    """The documentation. `suggested_diff` is a unified diff that applies to the file as it was sent.

    `fallback`: another model than the tier's own made it, since that one could not be had.
    `notes` say, for the reader, what was left out or changed on the way, such as a diff that did not apply.
    """

    summary: str
    key_concepts: list[str]
    explanations: list[Explanation]
    engine: str
    suggested_diff: str | None = None
    model: str = ""
    fallback: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AiDocsError:
    """Why there is no documentation."""

    code: ErrorCode
    message: str


@dataclass(frozen=True, slots=True)
class AiDocs:
    """A request for documentation as the backend follows it. Lists leave `result` out."""

    id: str
    project_id: str
    path: str
    sha256: str
    state: AiDocsState
    created_at: datetime
    result: AiDocsResult | None = None
    error: AiDocsError | None = None
    selection: Selection | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LocalAiDocsCreate:
    """`POST /v1/ai-docs`. `path` is absolute; `content` is the editor's text, where it is not saved."""

    path: str
    content: str | None = None
    selection: Selection | None = None


@dataclass(frozen=True, slots=True)
class LocalAiDocs:
    """A request for documentation as the agent follows it. `file` is relative to `root`."""

    id: str
    state: AiDocsState
    root: str
    file: str
    sha256: str
    selection: Selection | None = None
    project_id: str = ""
    result: AiDocsResult | None = None
    error: AiDocsError | None = None


@dataclass(frozen=True, slots=True)
class AiDocsEvent:
    """`ai_docs.state`, from the backend: a request as it now is."""

    ai_docs: AiDocs


@dataclass(frozen=True, slots=True)
class AiDocsProgressEvent:
    """`ai_docs.progress`, from the agent only: a request it makes, from `preparing` on."""

    ai_docs: LocalAiDocs
