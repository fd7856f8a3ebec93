"""A real S3 for tests: SeaweedFS, which is strict about signatures, sizes and checksums."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

import boto3  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from hivesync_dev.stack.ports import free_ports

ACCESS_KEY = "hivesync-test"
SECRET_KEY = "hivesync-test-secret"
BUCKET = "hivesync-previews"
LOGS_BUCKET = "hivesync-ai-logs"
ARTIFACTS_BUCKET = "hivesync-artifacts"
_READY_SECONDS = 30.0


class S3Server:
    """Starts when entered, with all buckets in place, and is stopped when left."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="hivesync-s3-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.endpoint = ""

    def __enter__(self) -> S3Server:
        s3, *others = free_ports(8)
        self.endpoint = f"http://127.0.0.1:{s3}"
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                self._command(s3, others), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            for name in (BUCKET, LOGS_BUCKET, ARTIFACTS_BUCKET):
                self._create_bucket(name)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """Give the server's variables for this store."""
        return {
            "R2_ENDPOINT": self.endpoint,
            "R2_ACCESS_KEY": ACCESS_KEY,
            "R2_SECRET_KEY": SECRET_KEY,
            "R2_BUCKET": BUCKET,
            "R2_LOGS_BUCKET": LOGS_BUCKET,
            "R2_ARTIFACTS_BUCKET": ARTIFACTS_BUCKET,
        }

    def read(self, key: str, bucket: str = BUCKET) -> bytes:
        """Give an object's bytes."""
        body: bytes = self._client().get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def has(self, key: str, bucket: str = BUCKET) -> bool:
        """Tell whether there is such an object."""
        return bool(self._client().list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"])

    def open_uploads(self, bucket: str) -> list[str]:
        """Give the keys of uploads in parts that were neither completed nor aborted."""
        found = self._client().list_multipart_uploads(Bucket=bucket).get("Uploads", [])
        return [upload["Key"] for upload in found]

    def _create_bucket(self, name: str) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                self._client().create_bucket(Bucket=name)
            except (BotoCoreError, ClientError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _client(self) -> boto3.client:
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name="auto",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, proxies={}),
        )

    def _command(self, s3: int, others: list[int]) -> list[str]:
        credentials = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
        identity = {"name": "test", "credentials": [credentials], "actions": ["Admin"]}
        config = self._folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        data = self._folder / "data"
        data.mkdir()
        names = ("master", "volume", "filer")
        ports = zip([*names, *(f"{name}.port.grpc" for name in names)], others, strict=False)
        options = {name if "." in name else f"{name}.port": port for name, port in ports}
        weed = Path(sys.executable).parent / ("weed.exe" if os.name == "nt" else "weed")
        return [
            str(weed),
            "server",
            f"-dir={data}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-s3",
            f"-s3.port={s3}",
            f"-s3.port.grpc={others[6]}",
            # Else both listen on fixed ports, and a second run on this machine dies of it.
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.config={config}",
            "-volume.max=100",
            "-master.volumeSizeLimitMB=64",
            *(f"-{name}={port}" for name, port in options.items()),
        ]
