"""Refuses settings that are unsafe for the environment they are used in; names the variable each time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from hivesync_server.settings.environment import SettingInvalid
from hivesync_server.settings.groups import Settings
from hivesync_server.settings.secrets import Secret

SECRET_LENGTH_MIN = 32
_DISTINCT_CHARACTERS_MIN = 10
_PLACEHOLDERS = ("change", "example", "placeholder", "replace", "secret", "password", "default", "<", "…")


def check(settings: Settings) -> None:
    """Raise `SettingInvalid` for the first setting that must not be used in this environment."""
    if settings.mail.provider == "resend" and not settings.mail.resend_api_key:
        raise SettingInvalid("RESEND_API_KEY", "must be set when EMAIL_PROVIDER is resend.")
    if settings.http.workers > 1 and sys.platform == "win32":
        raise SettingInvalid("WEB_CONCURRENCY", "must be 1 on Windows, where processes can't share a port.")
    if settings.http.workers > 1 and not settings.redis_url:
        raise SettingInvalid(
            "WEB_CONCURRENCY", "above 1 needs REDIS_URL: else each process would count limits by itself."
        )
    if settings.env == "local":
        if not settings.debug:
            raise SettingInvalid(
                "DEBUG", "is always true in local; set HIVESYNC_ENV=production to serve others."
            )
        return
    if settings.debug:
        raise SettingInvalid("DEBUG", f"must be false in {settings.env}.")
    for name, secret, length in _required_secrets(settings):
        _check_secret(name, secret, length, settings.env)
    if settings.tokens.keys[0].reveal() == settings.worker.shared_secret:
        raise SettingInvalid("JWT_SECRET", "must differ from WORKER_SHARED_SECRET.")
    for name, url in _public_urls(settings):
        if urlsplit(url).scheme != "https":
            raise SettingInvalid(name, f"must be an https address in {settings.env}.")


def warnings(settings: Settings) -> Iterator[str]:
    """Give what a careful operator should hear about settings that are allowed."""
    if settings.env == "local" and not is_loopback(settings.http.host):
        yield "HOST makes a local server reachable from other machines; it has no production safeguards."
    if settings.env != "local" and settings.mail.provider == "outbox":
        yield "EMAIL_PROVIDER=outbox: mails stay in the database, so nobody can confirm an address."


def is_loopback(host: str) -> bool:
    """Tell whether an address to listen on is this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _required_secrets(settings: Settings) -> Iterator[tuple[str, Secret, int]]:
    yield "JWT_SECRET", settings.tokens.keys[0], SECRET_LENGTH_MIN
    yield "WORKER_SHARED_SECRET", settings.worker.secrets[0], SECRET_LENGTH_MIN
    if settings.metrics_token:
        yield "METRICS_TOKEN", settings.metrics_token, SECRET_LENGTH_MIN
    for name, keys in (
        ("JWT_SECRET", settings.tokens.keys),
        ("WORKER_SHARED_SECRET", settings.worker.secrets),
    ):
        for previous in keys[1:]:
            yield f"{name}_PREVIOUS", previous, SECRET_LENGTH_MIN
    if settings.worker.preview_token_secret:
        yield "PREVIEW_TOKEN_SECRET", settings.worker.preview_token_secret, SECRET_LENGTH_MIN
    yield "R2_ACCESS_KEY", Secret(settings.objects.access_key), 1
    yield "R2_SECRET_KEY", settings.objects.secret_key, SECRET_LENGTH_MIN


def _check_secret(name: str, secret: Secret, length: int, env: str) -> None:
    value = secret.reveal()
    if len(value) < length:
        raise SettingInvalid(name, f"must have at least {length} characters in {env}.")
    if length > 1 and (_is_placeholder(value) or len(set(value)) < _DISTINCT_CHARACTERS_MIN):
        raise SettingInvalid(name, "looks like a placeholder; make one with `openssl rand -base64 48`.")


def _is_placeholder(value: str) -> bool:
    lowered = value.lower()
    return any(word in lowered for word in _PLACEHOLDERS)


def _public_urls(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "BASE_URL", settings.http.base_url
    yield "WORKER_URL", settings.worker.url
    yield "PREVIEW_PUBLIC_URL", settings.worker.preview_public_url
    yield "R2_ENDPOINT", settings.objects.endpoint
    yield "RESEND_API_URL", settings.mail.resend_url
