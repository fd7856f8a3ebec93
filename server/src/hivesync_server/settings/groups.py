"""The settings, in small frozen groups; each part of the server is given the groups it needs, no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from hivesync_contract.identity import Tier
from hivesync_contract.preview_token import preview_key

from hivesync_server.settings.secrets import Secret
from hivesync_server.tiers.limits import TierLimits

EnvName = Literal["local", "staging", "production"]


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where we listen, in how many processes, how the world calls us, and how many requests a minute an
    address may send without credentials. `base_url` has no trailing slash.
    """

    host: str
    port: int
    base_url: str
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    anonymous_per_minute: int
    workers: int = 1

    @property
    def secure_cookies(self) -> bool:
        """Tell whether browsers reach us by https, as `BASE_URL` says."""
        return self.base_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """One of both: a libpq address, or the path of a SQLite file. `pool`: most connections to Postgres."""

    postgres: Secret
    sqlite_path: Path
    pool: int


@dataclass(frozen=True, slots=True)
class ObjectSettings:
    """The object store. `endpoint` may have a path (the local Worker's S3 has one)."""

    endpoint: str
    access_key: str
    secret_key: Secret
    previews_bucket: str
    logs_bucket: str
    artifacts_bucket: str


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Keys of access tokens: the first signs, all are accepted. `issuer` is our public origin."""

    keys: tuple[Secret, ...]
    issuer: str


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How to reach the Worker, what both share, and how long a job may stay unanswered.

    `devices`: on how many at once a preview of that tier's users may be open; links tell the Worker.
    """

    url: str
    secrets: tuple[Secret, ...]
    preview_token_secret: Secret
    preview_public_url: str
    devices: Mapping[Tier, int]
    deadline_seconds: int
    ai_docs_deadline_seconds: int

    @property
    def shared_secret(self) -> str:
        """Give the secret that signs; the others are only accepted."""
        return self.secrets[0].reveal()

    def preview_key(self) -> bytes:
        """Give the key of phone links."""
        return preview_key(self.preview_token_secret.reveal() or None, self.shared_secret)


@dataclass(frozen=True, slots=True)
class WorkerWatchSettings:
    """When admins are told: after how long a silence, from how many waiting jobs on, and of how many that
    failed within an hour by no fault of their users.
    """

    down_minutes: int
    queue_high_jobs: int
    failed_jobs: int


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """`confirmed_only`: an account works once its address is confirmed, so that registering tells nobody
    which addresses have one. Off in `local`, where a developer wants to go on at once.
    """

    confirmed_only: bool


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mails leave. `digest_hour`: when daily digests are written, in UTC.

    `support_address` gets the questions that the FAQ does not answer; without one, every admin does.
    """

    provider: Literal["outbox", "resend"]
    resend_api_key: Secret
    resend_url: str
    sender: str
    digest_hour: int
    support_address: str


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """`slack_hosts`: where an incoming webhook for alerts may be: Slack, or a server that speaks like it."""

    slack_hosts: frozenset[str]


@dataclass(frozen=True, slots=True)
class TracingSettings:
    """Where traces go. `endpoint` has no trailing slash; `share`: how many of all, from 0 to 1."""

    endpoint: str
    headers: Secret
    service_name: str
    share: float
    env: EnvName


@dataclass(frozen=True, slots=True)
class Settings:
    """All groups together; only the assembly in `app` and the commands see this."""

    env: EnvName
    debug: bool
    log_level: str
    log_format: Literal["json", "text"]
    metrics_token: Secret
    data_dir: Path
    redis_url: Secret
    http: HttpSettings
    database: DatabaseSettings
    objects: ObjectSettings
    tokens: TokenSettings
    worker: WorkerSettings
    worker_watch: WorkerWatchSettings
    mail: MailSettings
    accounts: AccountSettings
    tiers: Mapping[Tier, TierLimits]
    alerts: AlertSettings
    tracing: TracingSettings | None

    def on_port(self, port: int) -> Settings:
        """Give the settings with the port that the system picked, in links too, when 0 was asked for."""
        if self.http.port == port:
            return self
        base_url = self.http.base_url.removesuffix(":0")
        if base_url != self.http.base_url:
            base_url = f"{base_url}:{port}"
        return replace(
            self,
            http=replace(self.http, port=port, base_url=base_url),
            tokens=replace(self.tokens, issuer=base_url),
        )
