"""Shapes of the agent's own routes (everything under `/v1`, and the proof)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hivesync_contract.discovery import ProtocolRange
from hivesync_contract.identity import Tier, User
from hivesync_contract.keychain import KeychainState, SessionStore
from hivesync_contract.local_diagnostics import LocalDiagnostic, LocalWarning
from hivesync_contract.local_projects import PolledProject
from hivesync_contract.previews import Platform, PreviewError, PreviewState
from hivesync_contract.rooms import PreviewDevice


@dataclass(frozen=True, slots=True)
class AgentProof:
    """`GET /?nonce=…`: who listens, and the proof that it knows the discovery token."""

    product: str
    version: str
    protocol: ProtocolRange
    instance_id: str
    proof: str


@dataclass(frozen=True, slots=True)
class LoginStart:
    """`POST /v1/session/login`: empty for a device-code sign-in, or both for a headless machine."""

    login: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class LoginPending:
    """A device-code sign-in that waits for the user. `expires_in` in seconds."""

    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Session:
    """`GET /v1/session`, and the answer of a sign-in. `error` says why the last sign-in ended without one.

    `revocations_waiting`: sessions that were ended here and that the backend, being away, has yet to end.
    """

    signed_in: bool
    server_url: str
    profile: str
    keychain: KeychainState
    stored_in: SessionStore
    user: User | None = None
    pending: LoginPending | None = None
    error: str | None = None
    revocations_waiting: int = 0


@dataclass(frozen=True, slots=True)
class ConnectedClient:
    """A program that has called the agent. `last_seen_seconds` ago."""

    name: str
    version: str
    last_seen_seconds: float


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """`GET /v1/status`. `upstream_latency_ms` is that of the last health check."""

    version: str
    protocol: ProtocolRange
    pid: int
    uptime_seconds: float
    server_url: str
    profile: str
    signed_in: bool
    online: bool
    paused: bool
    tier: Tier | None
    user: User | None
    upstream_latency_ms: float | None
    queued_operations: int
    pending_previews: int
    clients: list[ConnectedClient]
    conflicting_operations: int = 0
    retry_seconds: float = 0.0
    """For how long the backend is not asked, since it did not answer several times; 0: it is."""
    polled_projects: list[PolledProject] = field(default_factory=list)
    """Linked folders in which a save is noticed late, since the system tells of none."""


@dataclass(frozen=True, slots=True)
class LocalPreviewCreate:
    """`POST /v1/previews`. `path` is absolute: a project's folder or a file in it.

    `entry` is relative to the project's root; without it the agent finds one. With `live`, each save gives
    the preview another version, until it is stopped or removed.
    """

    path: str
    entry: str | None = None
    platform: Platform = Platform.IOS
    live: bool = False


@dataclass(frozen=True, slots=True)
class LocalPreview:
    """A preview as the agent follows it. `preview_url` and the codes are empty until the backend knows it."""

    id: str
    state: PreviewState
    root: str
    entry: str
    project_id: str = ""
    preview_id: str = ""
    version: int = 0
    preview_url: str = ""
    qr_svg: str = ""
    qr_png: str = ""
    qr_text: str = ""
    uploaded_bytes: int = 0
    total_bytes: int = 0
    error: PreviewError | None = None
    skipped: list[str] = field(default_factory=list)
    """Files left out because they may hold secrets, so that nobody wonders where they are."""
    live: bool = False
    created_at: datetime | None = None
    hashed_files: int = 0
    total_files: int = 0
    diagnostics: list[LocalDiagnostic] = field(default_factory=list)
    """What the last version that ended says of the user's files; the next good one clears it."""
    warnings: list[LocalWarning] = field(default_factory=list)
    """What the last version does otherwise than a device, or seems to have wrong; it is shown anyway."""
    devices: list[PreviewDevice] = field(default_factory=list)
    """The phones that have a live preview open."""


@dataclass(frozen=True, slots=True)
class LogLines:
    """`GET /v1/logs`: the last lines of the log, each a JSON object in text, redacted."""

    lines: list[str]


@dataclass(frozen=True, slots=True)
class Stopping:
    """`POST /v1/shutdown`: the agent ends as soon as this answer is sent."""

    stopping: bool = True
