# Generated from hivesync/_async by `make generate`; do not edit.
# ruff: noqa: SIM117
"""Bytes between files of this machine and the object store. No token of ours ever goes there.

Addresses come from the backend; one at an origin that its `health` does not list is not used, so that an
answer can't have a file sent elsewhere; nor one of this machine, unless the backend is here, too.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from hivesync_contract.health import Health
from hivesync_contract.limits import ATTACHMENT_PART_BYTES, ATTACHMENT_SINGLE_BYTES
from hivesync_contract.uploads import FileUploadPlan, ObjectUpload, UploadedPart

from hivesync._call import new_call
from hivesync._errors import Offline, ResponseInvalid
from hivesync._progress import Progress
from hivesync._sync._concurrency import run_blocking
from hivesync._sync._router import Router
from hivesync._trust import backend_ssl_context, no_trust
from hivesync.origins import allowed_origins
from hivesync.settings import is_loopback

_CHUNK_BYTES = 256 * 1024
_SILENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is sent, as it was when it was hashed. `part_md5s`: only of one that goes in parts."""

    path: Path
    size: int
    sha256: str
    part_md5s: list[str]

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> Source:
        """Read and hash a file; raise `OSError`."""
        whole, parts, size = hashlib.sha256(), [], 0
        with open(path, "rb") as file:
            while part := file.read(ATTACHMENT_PART_BYTES):
                whole.update(part)
                parts.append(hashlib.md5(part, usedforsecurity=False).hexdigest())
                size += len(part)
        is_single = size <= ATTACHMENT_SINGLE_BYTES
        return cls(Path(path), size, whole.hexdigest(), [] if is_single else parts)


class Meter:
    """Adds up what several requests have sent."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = total
        self._done = 0
        self._progress = progress

    def add(self, count: int) -> None:
        """Tell of so many more bytes."""
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)


def transfer(
    router: Router, source: Source, plan: FileUploadPlan, progress: Progress | None
) -> list[UploadedPart]:
    """Send a file as the plan says; give the parts that the store has taken. Raise `Offline`."""
    uploads = [plan.put] if plan.put is not None else plan.parts
    _check_origins(router, [upload.url for upload in uploads])
    meter, parts, start = Meter(source.size, progress), [], 0
    for number, upload in enumerate(uploads, 1):
        etag = _put(source.path, start, upload, meter)
        parts.append(UploadedPart(number, etag))
        start += upload.size
    return parts if plan.put is None else []


def fetch(router: Router, url: str, target: Path, size: int, sha256: str, progress: Progress | None) -> None:
    """Write what lies there into a file, which appears when it is whole and its hash is right."""
    _check_origins(router, [url])
    # Under a name that nobody could have put a link under before.
    descriptor, name = tempfile.mkstemp(".part", f".{target.name}.", target.parent)
    meter, digest, received = Meter(size, progress), hashlib.sha256(), 0
    try:
        with os.fdopen(descriptor, "wb") as file:
            with _store_client(url) as http, http.stream("GET", url) as response:
                _check_answer(response)
                for chunk in response.iter_raw():
                    received += len(chunk)
                    if received > size:
                        break
                    digest.update(chunk)
                    run_blocking(file.write, chunk)
                    meter.add(len(chunk))
        if received != size or digest.hexdigest() != sha256:
            raise ResponseInvalid("The file that came is not the one that was meant.", status=502)
        os.replace(name, target)
    except httpx.TransportError as exc:
        raise Offline("The file could not be fetched: the connection broke.") from exc
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _put(path: Path, start: int, upload: ObjectUpload, meter: Meter) -> str:
    headers = {**upload.headers, "Content-Length": str(upload.size)}
    content = _chunks(path, start, upload.size, meter.add)
    try:
        with (
            _store_client(upload.url) as http,
            http.stream("PUT", upload.url, content=content, headers=headers) as response,
        ):
            # What else the store says is not read: it could be without end.
            _check_answer(response)
            return str(response.headers.get("etag", ""))
    except httpx.TransportError as exc:
        raise Offline("The file could not be sent: the connection broke.") from exc


def _chunks(path: Path, start: int, size: int, sent: Callable[[int], None]) -> Iterator[bytes]:
    left = size
    with path.open("rb") as file:
        file.seek(start)
        while left > 0 and (chunk := run_blocking(file.read, min(left, _CHUNK_BYTES))):
            yield chunk
            left -= len(chunk)
            sent(len(chunk))


def _check_origins(router: Router, urls: list[str]) -> None:
    answer = router.send(new_call("GET", "/api/v1/health"))
    listed = answer.raise_for_status().decode(Health).upload_origins
    allowed = allowed_origins(router.origin_of(answer.mode), listed)
    for url in urls:
        parts = httpx.URL(url)
        origin = f"{parts.scheme}://{parts.netloc.decode()}"
        is_private = parts.scheme == "https" or is_loopback(parts.host)
        if origin not in allowed or not is_private or parts.userinfo:
            raise ResponseInvalid(
                f"Files are not sent to {origin}: the backend does not list it, or has no say over it.",
                status=502,
            )


def _check_answer(response: httpx.Response) -> None:
    if response.status_code >= 300:
        detail = f"The object store refused the transfer (status {response.status_code})."
        raise ResponseInvalid(detail, status=502)


def _store_client(url: str) -> httpx.Client:
    address = httpx.URL(url)
    return httpx.Client(
        verify=backend_ssl_context() if address.scheme == "https" else no_trust(),
        trust_env=not is_loopback(address.host),
        follow_redirects=False,
        timeout=httpx.Timeout(_SILENCE_SECONDS, connect=10.0),
        headers={"Accept-Encoding": "identity"},
    )
