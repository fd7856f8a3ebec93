"""Settings of the server: read from the environment once, checked, and then never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import quote

import platformdirs
from hivesync_contract.identity import Tier

from hivesync_server.settings import safety
from hivesync_server.settings.environment import Environment, SettingInvalid
from hivesync_server.settings.groups import (
    AccountSettings,
    AlertSettings,
    DatabaseSettings,
    EnvName,
    HttpSettings,
    MailSettings,
    ObjectSettings,
    Settings,
    TokenSettings,
    TracingSettings,
    WorkerSettings,
    WorkerWatchSettings,
)
from hivesync_server.settings.required import check_all_set
from hivesync_server.settings.secrets import Secret, local_secret
from hivesync_server.settings.variables import PREVIOUS_SUFFIX, VARIABLES
from hivesync_server.tiers.limits import TierLimits, with_changes

__all__ = ["VARIABLES", "SettingInvalid", "Settings", "load"]

_LOCAL_WORKER = "http://127.0.0.1:8787"
_LOCAL_OBJECTS_PATH = "/cdn-cgi/local/r2/s3"
_ENVIRONMENTS: tuple[EnvName, ...] = ("local", "staging", "production")
_WORKERS_MAX = 64
_DEFAULT_PROXIES = "127.0.0.0/8, ::1/128, 172.16.0.0/12"
"""Loopback, and the networks that Docker gives to compose projects."""


def load(
    environ: Mapping[str, str],
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
) -> Settings:
    """Read and check all settings; raise `SettingInvalid` naming the variable that can't be used.

    `host`, `port` and `workers` win over the variables: they come from the command line.
    """
    read = Environment(environ)
    env = read.choice("HIVESYNC_ENV", "local", _ENVIRONMENTS)
    if env != "local":
        check_all_set(read, env)
    data_dir = Path(read.text("HIVESYNC_DATA_DIR") or platformdirs.user_data_dir("hivesync-server", False))
    http = _http(read, env, host, port, workers)
    tiers = _tiers(read)
    worker = _worker(read, env, data_dir, tiers)
    settings = Settings(
        env=env,
        debug=read.flag("DEBUG", env == "local"),
        log_level=read.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        log_format=read.choice("LOG_FORMAT", "text" if env == "local" else "json", ("json", "text")),
        metrics_token=read.secret("METRICS_TOKEN"),
        data_dir=data_dir,
        redis_url=Secret(_redis_url(read)),
        http=http,
        database=_database(read, data_dir),
        objects=_objects(read, env, worker.url),
        tokens=TokenSettings(_keys(read, "JWT_SECRET", env, data_dir), issuer=http.base_url),
        worker=worker,
        worker_watch=WorkerWatchSettings(
            down_minutes=read.number("WORKER_DOWN_MINUTES", 5, low=1, high=1440),
            queue_high_jobs=read.number("QUEUE_HIGH_JOBS", 100, low=1, high=100_000),
            failed_jobs=read.number("FAILED_JOBS", 3, low=1, high=1000),
        ),
        mail=MailSettings(
            provider=read.choice("EMAIL_PROVIDER", "outbox", ("outbox", "resend")),
            resend_api_key=read.secret("RESEND_API_KEY"),
            resend_url=read.origin("RESEND_API_URL", "https://api.resend.com"),
            sender=read.text("EMAIL_FROM", "HiveSync <hivesync@localhost>"),
            digest_hour=read.number("DIGEST_HOUR", 7, low=0, high=23),
            support_address=_support_address(read),
        ),
        accounts=AccountSettings(confirmed_only=env != "local"),
        tiers=tiers,
        alerts=_alerts(read),
        tracing=_tracing(read, env),
    )
    safety.check(settings)
    return settings


def _http(
    read: Environment, env: EnvName, host: str | None, port: int | None, workers: int | None
) -> HttpSettings:
    listen = host or read.text("HOST", "127.0.0.1" if env == "local" else "0.0.0.0")
    number = read.number("PORT", 4000, low=0, high=65535) if port is None else port
    return HttpSettings(
        host=listen,
        port=number,
        base_url=read.origin("BASE_URL", f"http://127.0.0.1:{number}"),
        trusted_proxies=_networks(read.text("TRUSTED_PROXIES", _DEFAULT_PROXIES)),
        anonymous_per_minute=read.number("ANONYMOUS_REQUESTS_PER_MINUTE", 300, low=1, high=1_000_000),
        workers=workers or read.number("WEB_CONCURRENCY", 1, low=1, high=_WORKERS_MAX),
    )


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise SettingInvalid(
            "TRUSTED_PROXIES", "must be addresses or networks, with commas between."
        ) from error


def _database(read: Environment, data_dir: Path) -> DatabaseSettings:
    url = read.text("DATABASE_URL")
    if url and not url.startswith(("postgres://", "postgresql://")):
        raise SettingInvalid("DATABASE_URL", "must begin with postgres:// or postgresql://.")
    if not url and (server := read.text("POSTGRES_HOST")):
        user, password = read.text("POSTGRES_USER", "hivesync"), read.text("POSTGRES_PASSWORD")
        port = read.number("POSTGRES_PORT", 5432, low=1, high=65535)
        name = read.text("POSTGRES_DB", "hivesync")
        url = f"postgresql://{quote(user, '')}:{quote(password, '')}@{server}:{port}/{quote(name, '')}"
    pool = read.number("DATABASE_POOL", 15, low=2, high=1000)
    return DatabaseSettings(Secret(url), data_dir / "hivesync.sqlite3", pool)


def _redis_url(read: Environment) -> str:
    if url := read.text("REDIS_URL"):
        return url
    if not (server := read.text("REDIS_HOST")):
        return ""
    password = read.text("REDIS_PASSWORD")
    user_part = f":{quote(password, '')}@" if password else ""
    return f"redis://{user_part}{server}:{read.number('REDIS_PORT', 6379, low=1, high=65535)}/0"


def _objects(read: Environment, env: EnvName, worker_url: str) -> ObjectSettings:
    endpoint = read.text("R2_ENDPOINT")
    local = env == "local"
    return ObjectSettings(
        endpoint=(endpoint or worker_url + _LOCAL_OBJECTS_PATH).rstrip("/"),
        access_key=read.text("R2_ACCESS_KEY", "hivesync-local" if local else ""),
        secret_key=Secret(read.text("R2_SECRET_KEY", "hivesync-local-secret" if local else "")),
        previews_bucket=read.text("R2_BUCKET", "hivesync-previews"),
        logs_bucket=read.text("R2_LOGS_BUCKET", "hivesync-ai-logs"),
        artifacts_bucket=read.text("R2_ARTIFACTS_BUCKET", "hivesync-artifacts"),
    )


def _worker(
    read: Environment, env: EnvName, data_dir: Path, tiers: Mapping[Tier, TierLimits]
) -> WorkerSettings:
    url = read.origin("WORKER_URL", _LOCAL_WORKER)
    # Only the Worker checks phone links; reading it here refuses nothing, and keeps one list of names.
    read.secret("PREVIEW_TOKEN_SECRET_PREVIOUS")
    return WorkerSettings(
        url=url,
        secrets=_keys(read, "WORKER_SHARED_SECRET", env, data_dir),
        preview_token_secret=read.secret("PREVIEW_TOKEN_SECRET"),
        preview_public_url=read.origin("PREVIEW_PUBLIC_URL", url),
        devices={tier: limits.devices_per_preview for tier, limits in tiers.items()},
        deadline_seconds=read.number("PREVIEW_DEADLINE_SECONDS", 60, low=1, high=3600),
        ai_docs_deadline_seconds=read.number("AI_DOCS_DEADLINE_SECONDS", 240, low=1, high=3600),
    )


def _tiers(read: Environment) -> Mapping[Tier, TierLimits]:
    try:
        return with_changes(json.loads(read.text("TIER_LIMITS", "{}")))
    except ValueError as error:
        raise SettingInvalid("TIER_LIMITS", f"must be JSON like the example: {error}.") from error


def _alerts(read: Environment) -> AlertSettings:
    hosts = read.text("ALERT_SLACK_HOSTS", "hooks.slack.com").split(",")
    return AlertSettings(frozenset(host.strip().lower() for host in hosts if host.strip()))


def _tracing(read: Environment, env: EnvName) -> TracingSettings | None:
    headers = read.secret("OTEL_EXPORTER_OTLP_HEADERS")
    name = read.text("OTEL_SERVICE_NAME", "hivesync-server")
    share = read.share("OTEL_TRACES_SAMPLER_ARG", 1.0)
    if not read.text("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return None
    return TracingSettings(read.address("OTEL_EXPORTER_OTLP_ENDPOINT"), headers, name, share, env)


def _support_address(read: Environment) -> str:
    address = read.text("SUPPORT_EMAIL")
    if address and (address.count("@") != 1 or not address.isprintable() or " " in address):
        raise SettingInvalid("SUPPORT_EMAIL", "must be one email address, such as help@example.com.")
    return address


def _keys(read: Environment, name: str, env: EnvName, data_dir: Path) -> tuple[Secret, ...]:
    current = read.text(name)
    if not current and env == "local":
        current = local_secret(data_dir, name)
    previous = read.secret(name + PREVIOUS_SUFFIX)
    return (Secret(current), previous) if previous else (Secret(current),)
