"""The object store: presigned uploads and small objects of our own, by S3. It lists and reads nothing."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import Any, Protocol

import boto3  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server.settings.groups import ObjectSettings

UPLOAD_SECONDS = 900
_CONNECT_SECONDS = 5
_READ_SECONDS = 20


class ObjectStoreUnreachable(HiveSyncError):
    """The object store did not take the object; trying again may help."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True


@dataclass(frozen=True, slots=True)
class PresignedPut:
    """An address that takes one object. `headers` and the body's length are part of its signature."""

    url: str
    headers: dict[str, str]


class ObjectStore(Protocol):
    """What previews need from an object store."""

    def presign_put(self, key: str, size: int, sha256: str | None = None) -> PresignedPut:
        """Allow one upload of exactly `size` bytes (and that hash) for 15 minutes. Does no I/O."""
        ...

    async def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store an object, or raise `ObjectStoreUnreachable`."""
        ...


class S3ObjectStore:
    """One bucket of any S3: R2, or the local Worker's simulation of it."""

    def __init__(self, settings: ObjectSettings, bucket: str) -> None:
        self._bucket = bucket
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=settings.endpoint,
            aws_access_key_id=settings.access_key,
            aws_secret_access_key=settings.secret_key.reveal(),
            region_name="auto",
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                retries={"max_attempts": 1},
                # R2 knows no trailing checksums; the ones we want are named by hand.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                proxies={} if _is_loopback(settings.endpoint) else None,
            ),
        )

    def presign_put(self, key: str, size: int, sha256: str | None = None) -> PresignedPut:
        """Sign size and hash too, so that the store itself refuses other bytes."""
        parameters = {"Bucket": self._bucket, "Key": key, "ContentLength": size}
        headers: dict[str, str] = {}
        if sha256 is not None:
            checksum = base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
            parameters["ChecksumSHA256"] = checksum
            headers["x-amz-checksum-sha256"] = checksum
        url = self._client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=UPLOAD_SECONDS)
        return PresignedPut(str(url), headers)

    async def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store an object in a thread: the client blocks."""
        try:
            await asyncio.to_thread(
                self._client.put_object, Bucket=self._bucket, Key=key, Body=body, ContentType=content_type
            )
        except (BotoCoreError, ClientError) as error:
            raise ObjectStoreUnreachable("The object store did not answer; it is tried again.") from error


def _is_loopback(endpoint: str) -> bool:
    return endpoint.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
