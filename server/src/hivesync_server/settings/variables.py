"""Every variable of the server, once; `env_templates/backend.env.example` is tested against it."""

from __future__ import annotations

VARIABLES: dict[str, str] = {
    "HIVESYNC_ENV": "local, staging or production",
    "HIVESYNC_DATA_DIR": "folder of the embedded database and of generated local secrets",
    "HOST": "address to listen on",
    "PORT": "port to listen on",
    "DEBUG": "true or false; local is always true",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "BASE_URL": "public origin of this server",
    "TRUSTED_PROXIES": "networks whose X-Real-IP is believed",
    "ANONYMOUS_REQUESTS_PER_MINUTE": "of one address, without credentials",
    "DATABASE_URL": "Postgres address as the provider gives it",
    "POSTGRES_HOST": "used when DATABASE_URL is not set",
    "POSTGRES_PORT": "",
    "POSTGRES_DB": "",
    "POSTGRES_USER": "",
    "POSTGRES_PASSWORD": "",
    "REDIS_URL": "shared cache; without it each process counts by itself",
    "REDIS_HOST": "used when REDIS_URL is not set",
    "REDIS_PORT": "",
    "REDIS_PASSWORD": "",
    "R2_ENDPOINT": "S3 address of the object store",
    "R2_ACCESS_KEY": "",
    "R2_SECRET_KEY": "",
    "R2_BUCKET": "previews and sources",
    "R2_LOGS_BUCKET": "logs of the Worker",
    "R2_ARTIFACTS_BUCKET": "AI documents and attachments",
    "JWT_SECRET": "signs access tokens",
    "JWT_SECRET_PREVIOUS": "still accepted during a rotation",
    "WORKER_SHARED_SECRET": "signs what backend and Worker say to each other",
    "WORKER_SHARED_SECRET_PREVIOUS": "still accepted during a rotation",
    "PREVIEW_TOKEN_SECRET": "signs phone links; derived from WORKER_SHARED_SECRET when unset",
    "PREVIEW_TOKEN_SECRET_PREVIOUS": "still accepted by the Worker during a rotation",
    "WORKER_URL": "origin of the Worker",
    "PREVIEW_PUBLIC_URL": "origin that phones use, when it is not WORKER_URL",
    "PREVIEW_DEADLINE_SECONDS": "how long a build may stay without an answer",
    "TIER_LIMITS": "other numbers for the tiers, as JSON",
    "EMAIL_PROVIDER": "outbox or resend",
    "RESEND_API_KEY": "",
    "RESEND_API_URL": "where Resend's API is, when that is not https://api.resend.com",
    "EMAIL_FROM": "sender of mails",
    "DIGEST_HOUR": "hour of the day, in UTC, when daily digests are mailed",
}
"""Name and meaning. `settings.environment` refuses to read a name that does not stand here."""

PREVIOUS_SUFFIX = "_PREVIOUS"
