"""What only the owner of a server sees: everybody's accounts, queues, mails and the audit log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hivesync_contract.identity import Tier
from hivesync_contract.webhooks import DeliveryState


@dataclass(frozen=True, slots=True)
class AdminUser:
    """`GET /admin/users`. A disabled account can't sign in, and its keys open nothing."""

    id: str
    email: str
    username: str
    tier: Tier
    is_admin: bool
    email_verified: bool
    disabled: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AdminUserDetails:
    """`GET /admin/users/{id}`: the account, and how much hangs on it."""

    user: AdminUser
    sessions: int
    api_keys: int
    projects: int
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class AdminUserPatch:
    """`PATCH /admin/users/{id}`. `password` is the admin's own; disabling ends every session of the user."""

    password: str
    tier: Tier | None = None
    disabled: bool | None = None
    email_verified: bool | None = None


@dataclass(frozen=True, slots=True)
class AdminAct:
    """Body of acts that need nothing but the admin's own password."""

    password: str


@dataclass(frozen=True, slots=True)
class AdminProject:
    """`GET /admin/projects`: how large a project is. What is in it stays its members' own."""

    id: str
    name: str
    owner: str
    members: int
    tasks: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AdminQueue:
    """What waits for a Worker, of one tier."""

    tier: Tier
    waiting: int
    running: int
    oldest_seconds: float | None


@dataclass(frozen=True, slots=True)
class AdminBucket:
    """Jobs that took up to `up_to_seconds`; without it, those that took longer than all others say."""

    up_to_seconds: float | None
    jobs: int


@dataclass(frozen=True, slots=True)
class AdminPipeline:
    """How jobs of one kind have fared in the last `hours`. Seconds count from acceptance to the end."""

    kind: str
    hours: int
    succeeded: int
    failed: int
    cancelled: int
    open: int
    p50_seconds: float | None
    p95_seconds: float | None
    histogram: list[AdminBucket]
    failures: dict[str, int] = field(default_factory=dict)


class AdminMailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AdminMail:
    """`GET /admin/mails`: never what is in it. `problem`: why it failed, or its last try did."""

    id: str
    kind: str
    recipient: str
    subject: str
    state: AdminMailState
    tries: int
    problem: str | None
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class AdminMails:
    """How the mails stand."""

    waiting: int
    sent_today: int
    failed_today: int
    oldest_waiting_seconds: float | None


@dataclass(frozen=True, slots=True)
class AdminJob:
    """`GET /admin/jobs`."""

    id: str
    kind: str
    tier: Tier
    state: str
    attempt: int
    user: str
    error_code: str | None
    created_at: datetime
    finished_at: datetime | None
    has_log: bool = False


@dataclass(frozen=True, slots=True)
class AdminJobLog:
    """`GET /admin/jobs/{id}/log`: where the Worker's log of it can be downloaded, for five minutes."""

    url: str


@dataclass(frozen=True, slots=True)
class AdminWebhookDelivery:
    """`GET /admin/webhook-deliveries`: how it went, never what is in it."""

    id: str
    owner: str
    host: str
    type: str
    state: DeliveryState
    attempts: int
    status: int | None
    failure: str | None
    created_at: datetime
    attempted_at: datetime | None
    disabled: bool


class AdminLogLevel(StrEnum):
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


@dataclass(frozen=True, slots=True)
class AdminLog:
    """`GET /admin/logs`: what some process warned of; all else is in its own log.

    `fields` stood beside the message, and hold an exception's traceback.
    """

    id: str
    at: datetime
    level: AdminLogLevel
    logger: str
    message: str
    request_id: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class AdminWorker:
    """`GET /admin/workers`: what a Worker said last. `silent_seconds`: how long ago."""

    worker_id: str
    version: str
    silent_seconds: float
    running: int | None
    queued: int | None
    done: int | None
    failed: int | None
    errors: int | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`GET /admin/audit`. `actor` and `subject` are the names that the accounts have now, if they are still
    there; what is done to anything but an account has no `subject`.
    """

    id: str
    action: str
    actor_id: str | None
    actor: str | None
    subject_id: str | None
    subject: str | None
    address: str
    data: dict[str, str | None]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AdminFaq:
    """How well the FAQ answered in the last `days`: `answered` of `asked` got an entry, some were rated."""

    days: int
    asked: int
    answered: int
    helpful: int
    unhelpful: int
    escalated: int


@dataclass(frozen=True, slots=True)
class AdminQuestion:
    """`GET /admin/questions`: what was asked, not by whom. `entry_id`: the FAQ's answer, if it had one."""

    id: str
    question: str
    entry_id: str | None
    confidence: float
    helpful: bool | None
    created_at: datetime
    escalated_at: datetime | None


@dataclass(frozen=True, slots=True)
class AdminOverview:
    """`GET /admin/overview`."""

    version: str
    env: str
    users: int
    users_today: int
    users_disabled: int
    projects: int
    sessions: int
    notifications_today: int
    pipelines: list[AdminPipeline]
    queues: list[AdminQueue]
    mails: AdminMails
    faq: AdminFaq


@dataclass(frozen=True, slots=True)
class AdminDone:
    """What an act of maintenance changed."""

    changed: int
