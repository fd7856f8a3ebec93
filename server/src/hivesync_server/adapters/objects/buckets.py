"""The three buckets, by what they are for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hivesync_server.adapters.objects.s3 import S3Client, S3ObjectStore
from hivesync_server.adapters.objects.store import ObjectStore
from hivesync_server.adapters.tracing import NoTracing, Tracing
from hivesync_server.settings.groups import ObjectSettings


class Bucket(StrEnum):
    """What rows of the database say in place of a bucket's name, which is configuration."""

    PREVIEWS = "previews"
    LOGS = "logs"
    ARTIFACTS = "artifacts"


@dataclass(frozen=True, slots=True)
class ObjectStores:
    """One store for each bucket."""

    previews: ObjectStore
    logs: ObjectStore
    artifacts: ObjectStore
    close: Callable[[], None] = lambda: None

    def of(self, bucket: Bucket) -> ObjectStore:
        """Give a bucket's store."""
        match bucket:
            case Bucket.PREVIEWS:
                return self.previews
            case Bucket.LOGS:
                return self.logs
            case Bucket.ARTIFACTS:
                return self.artifacts


def open_stores(settings: ObjectSettings, tracing: Tracing | None = None) -> ObjectStores:
    """Give the configured buckets; nothing is connected before it is needed."""
    client = S3Client(settings, tracing or NoTracing())
    return ObjectStores(
        previews=S3ObjectStore(client, settings.previews_bucket),
        logs=S3ObjectStore(client, settings.logs_bucket),
        artifacts=S3ObjectStore(client, settings.artifacts_bucket),
        close=client.close,
    )
