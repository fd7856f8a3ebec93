"""The object store: presigned addresses for clients, small objects of our own, no content that comes back."""

from __future__ import annotations

from hivesync_server.adapters.objects.buckets import Bucket, ObjectStores, open_stores
from hivesync_server.adapters.objects.s3 import S3ObjectStore
from hivesync_server.adapters.objects.store import (
    DOWNLOAD_SECONDS,
    UPLOAD_SECONDS,
    ObjectStore,
    ObjectStoreUnreachable,
    PartsRefused,
    PresignedPut,
    StoredObject,
    UploadedPart,
)

__all__ = [
    "DOWNLOAD_SECONDS",
    "UPLOAD_SECONDS",
    "Bucket",
    "ObjectStore",
    "ObjectStoreUnreachable",
    "ObjectStores",
    "PartsRefused",
    "PresignedPut",
    "S3ObjectStore",
    "StoredObject",
    "UploadedPart",
    "open_stores",
]
