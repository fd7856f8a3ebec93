"""Any S3: R2, or the local Worker's simulation of it. The client blocks, so it has threads of its own.

What R2 refuses is not used: SHA-256 of parts (it takes their MD5), trailing checksums, parts of unequal size.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from hivesync_server.adapters.objects import disposition
from hivesync_server.adapters.objects.store import (
    DOWNLOAD_SECONDS,
    UPLOAD_SECONDS,
    ObjectStoreUnreachable,
    PartsRefused,
    PresignedPut,
    StoredObject,
    UploadedPart,
)
from hivesync_server.adapters.tracing import Tracing
from hivesync_server.settings.groups import ObjectSettings

_CONNECT_SECONDS = 5
_READ_SECONDS = 20
_CALL_SECONDS = 30.0
"""For a whole call, with its wait for a thread and one repetition."""

_THREADS = 8
_GONE = frozenset({"NoSuchUpload"})
_WRONG_PARTS = frozenset({"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "InvalidRequest"})


class S3Client:
    """The client of all buckets. With its own threads a store that hangs holds up nobody else's."""

    def __init__(self, settings: ObjectSettings, tracing: Tracing) -> None:
        self._tracing = tracing
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="objects")
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
                max_pool_connections=_THREADS,
                # R2 knows no trailing checksums; the ones we want are named by hand.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                proxies={} if _is_loopback(settings.endpoint) else None,
            ),
        )

    def presign(self, operation: str, seconds: int, parameters: dict[str, Any]) -> str:
        """Sign an address. Takes about a millisecond, and no I/O."""
        return str(self._client.generate_presigned_url(operation, Params=parameters, ExpiresIn=seconds))

    async def call(self, operation: str, **parameters: Any) -> Any:
        """Do one thing; raise `ClientError` for what the store refuses, else `ObjectStoreUnreachable`."""
        loop = asyncio.get_running_loop()
        try:
            with self._tracing.call(operation, "objects"):
                async with asyncio.timeout(_CALL_SECONDS):
                    method = getattr(self._client, operation)
                    return await loop.run_in_executor(self._threads, lambda: method(**parameters))
        except (BotoCoreError, TimeoutError) as error:
            raise ObjectStoreUnreachable from error

    def close(self) -> None:
        """Let go of the threads; what waits for one is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class S3ObjectStore:
    """One bucket."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def presign_put(
        self, key: str, size: int, sha256: str | None = None, content_type: str | None = None
    ) -> PresignedPut:
        """Sign size, hash and type too, so that the store itself refuses other bytes."""
        parameters = self._at(key, ContentLength=size)
        headers: dict[str, str] = {}
        if sha256 is not None:
            parameters["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = _base64(sha256)
        if content_type is not None:
            parameters["ContentType"] = headers["content-type"] = content_type
        return PresignedPut(self._client.presign("put_object", UPLOAD_SECONDS, parameters), headers)

    def presign_part(self, key: str, upload_id: str, number: int, size: int, md5: str) -> PresignedPut:
        """Sign size and hash of one part."""
        headers = {"content-md5": _base64(md5)}
        parameters = self._at(
            key, UploadId=upload_id, PartNumber=number, ContentLength=size, ContentMD5=headers["content-md5"]
        )
        return PresignedPut(self._client.presign("upload_part", UPLOAD_SECONDS, parameters), headers)

    def presign_get(self, key: str, filename: str, content_type: str) -> str:
        """Sign the name and type that the answer will have."""
        shown = {
            "ResponseContentDisposition": disposition.attachment(filename),
            "ResponseContentType": content_type,
        }
        return self._client.presign("get_object", DOWNLOAD_SECONDS, self._at(key, **shown))

    async def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store an object."""
        await self._do("put_object", **self._at(key, Body=body, ContentType=content_type))

    async def head(self, key: str) -> StoredObject | None:
        """Tell what is stored there."""
        try:
            found = await self._client.call("head_object", **self._at(key, ChecksumMode="ENABLED"))
        except ClientError as error:
            if _status(error) == 404:
                return None
            raise ObjectStoreUnreachable from error
        checksum = found.get("ChecksumSHA256")
        # With a dash it is one of its parts' checksums, which says nothing about the whole.
        whole = checksum is not None and "-" not in checksum
        return StoredObject(int(_told(found, "ContentLength")), _hex(checksum) if whole else None)

    async def delete(self, keys: Sequence[str]) -> frozenset[str]:
        """Delete objects in one call."""
        named = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
        answer = await self._do("delete_objects", Bucket=self._bucket, Delete=named)
        return frozenset(error["Key"] for error in answer.get("Errors", []))

    async def names(self, folder: str) -> Sequence[str]:
        """List one page."""
        answer = await self._do("list_objects_v2", Bucket=self._bucket, Prefix=folder)
        return [entry["Key"] for entry in answer.get("Contents", [])]

    async def begin_multipart(self, key: str, content_type: str) -> str:
        """Begin an upload in parts and give its id."""
        answer = await self._do("create_multipart_upload", **self._at(key, ContentType=content_type))
        return str(_told(answer, "UploadId"))

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        """Make one object of the parts, or raise `PartsRefused`."""
        named = {"Parts": [{"PartNumber": part.number, "ETag": part.etag} for part in parts]}
        parameters = self._at(key, UploadId=upload_id, MultipartUpload=named)
        try:
            await self._client.call("complete_multipart_upload", **parameters)
        except ClientError as error:
            if _code(error) in _GONE | _WRONG_PARTS:
                raise PartsRefused("The object store does not have these parts; upload anew.") from error
            raise ObjectStoreUnreachable from error

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Drop the parts of an upload."""
        try:
            await self._client.call("abort_multipart_upload", **self._at(key, UploadId=upload_id))
        except ClientError as error:
            if _code(error) not in _GONE:
                raise ObjectStoreUnreachable from error

    def _at(self, key: str, **parameters: Any) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": key, **parameters}

    async def _do(self, operation: str, **parameters: Any) -> Any:
        try:
            return await self._client.call(operation, **parameters)
        except ClientError as error:
            raise ObjectStoreUnreachable from error


def _told(answer: dict[str, Any], name: str) -> Any:
    """Give what every whole answer tells. What stands between us and the store may have answered instead."""
    if name not in answer:
        raise ObjectStoreUnreachable
    return answer[name]


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _base64(digest: str) -> str:
    return base64.b64encode(bytes.fromhex(digest)).decode("ascii")


def _hex(checksum: str) -> str:
    return base64.b64decode(checksum).hex()


def _is_loopback(endpoint: str) -> bool:
    return endpoint.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
