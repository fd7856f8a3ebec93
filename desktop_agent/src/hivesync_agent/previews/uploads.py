"""Send missing files to the object store by presigned PUT. Never carries the session token, never follows a
redirect, and dials only the origins that the backend's health answer lists."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import aiohttp
from hivesync.settings import is_loopback
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.previews import UploadPlan
from yarl import URL

from hivesync_agent.backend.proxy import system_proxy
from hivesync_agent.previews.body import FileMoved, UploadBody
from hivesync_agent.previews.uploading import PlanExpired
from hivesync_agent.projects.confined import Within
from hivesync_agent.projects.snapshot import SourceFile
from hivesync_agent.tasks import together

PARALLEL = 4
DELAYS_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10.0, sock_read=60.0)
_NOT_SENT = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_SIGNED_HEADERS = ("x-amz-", "content-", "if-none-match")
"""Beginnings of the headers that a presigned PUT may ask for; none of them can carry our credentials."""


class UploadRefused(HiveSyncError):
    """The store, or our own rules, refuse this upload; trying again changes nothing."""

    code = ErrorCode.FORBIDDEN


class StoreUnreachable(HiveSyncError):
    """The object store did not take the upload, several times."""

    code = ErrorCode.UPSTREAM_UNREACHABLE
    retryable = True


class Uploader:
    """Uploads what a plan asks for. Sessions are kept per origin and closed with the agent."""

    def __init__(self, delays_seconds: Sequence[float] = DELAYS_SECONDS) -> None:
        self._delays_seconds = delays_seconds
        self._sessions: dict[URL, aiohttp.ClientSession] = {}

    async def upload(
        self,
        plan: UploadPlan,
        within: Within,
        files: Sequence[SourceFile],
        origins: Collection[str],
        sent: Callable[[int], None],
    ) -> None:
        """Send everything, four at a time; `sent` is told the bytes of each finished upload.

        Raises `FileMoved`, `PlanExpired`, `UploadRefused` or `StoreUnreachable`; the rest is then cancelled.
        """
        by_hash = {file.entry.sha256: file for file in files}
        allowed = {origin_of(URL(origin)) for origin in origins}
        puts = [
            (check_address(url, allowed), UploadBody(within, _wanted(by_hash, sha256s)), headers)
            for url, sha256s, headers in _parts(plan)
        ]
        places = asyncio.Semaphore(PARALLEL)

        async def put(url: URL, body: UploadBody, headers: Mapping[str, str]) -> None:
            async with places:
                await self._put_patiently(url, body, headers)
            sent(body.size_bytes)

        with _first_error():
            await together("preview-upload", (put(url, body, headers) for url, body, headers in puts))

    async def close(self) -> None:
        """Close the connections."""
        sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            await session.close()

    async def _put_patiently(self, url: URL, body: UploadBody, headers: Mapping[str, str]) -> None:
        for delay in (*self._delays_seconds, None):
            status = await self._put(url, body, headers)
            if status is not None and 200 <= status < 300:
                return
            if status is not None and status < 500 and status not in (408, 429):
                raise _refusal(status)
            if delay is not None:
                await asyncio.sleep(delay)
        raise StoreUnreachable("The file store can't be reached, so the preview was not uploaded; try again.")

    async def _put(self, url: URL, body: UploadBody, headers: Mapping[str, str]) -> int | None:
        """Give the status, or None when there was no answer."""
        exact = {**headers, "Content-Length": str(body.size_bytes)}
        try:
            async with self._session(url).put(
                url, data=body.chunks(), headers=exact, allow_redirects=False, timeout=_TIMEOUT
            ) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            status = None
        if body.moved is not None:
            raise body.moved
        return status

    def _session(self, url: URL) -> aiohttp.ClientSession:
        origin = origin_of(url)
        if origin not in self._sessions:
            self._sessions[origin] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=PARALLEL * 2, ssl=tls_of(origin)),
                cookie_jar=aiohttp.DummyCookieJar(),
                # Not trust_env: it would also send what ~/.netrc holds for this host.
                trust_env=False,
                proxy=system_proxy(str(origin)).url,
                skip_auto_headers=_NOT_SENT,
            )
        return self._sessions[origin]


def _parts(plan: UploadPlan) -> Iterator[tuple[str, Sequence[str], Mapping[str, str]]]:
    for pack in plan.packs:
        yield pack.url, pack.sha256s, {}
    for file in plan.files:
        yield file.url, [file.sha256], _signed(file.headers)


def _signed(headers: Mapping[str, str]) -> dict[str, str]:
    for name in headers:
        if not name.lower().startswith(_SIGNED_HEADERS):
            raise UploadRefused(f"The server asks for a header that no upload carries: {name[:40]!r}.")
    return {name: value for name, value in headers.items() if name.lower() != "content-length"}


def _wanted(by_hash: Mapping[str, SourceFile], sha256s: Sequence[str]) -> list[SourceFile]:
    """Give the files of a plan's hashes; only what the manifest named is ever sent."""
    if unknown := [sha256 for sha256 in sha256s if sha256 not in by_hash]:
        raise UploadRefused(f"The server asks for a file that is not part of the preview: {unknown[0][:64]}.")
    return [by_hash[sha256] for sha256 in sha256s]


def check_address(address: str, allowed: Collection[URL]) -> URL:
    """Give an address that files may be sent to, or raise `UploadRefused`."""
    url = URL(address, encoded=True)
    is_private = url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host or ""))
    if not is_private or url.user is not None or origin_of(url) not in allowed:
        raise UploadRefused("The server names an upload address that is not one of its own.")
    return url


def origin_of(url: URL) -> URL:
    """Give scheme, host and port, or raise `UploadRefused`."""
    try:
        return url.origin()
    except ValueError as exc:
        raise UploadRefused("The server names an upload address that is none.") from exc


def _refusal(status: int) -> Exception:
    if status == 403:
        return PlanExpired()
    return UploadRefused(f"The file store refused an upload with status {status}.")


def tls_of(origin: URL) -> ssl.SSLContext | bool:
    """Give the trust of this machine, for addresses that need it."""
    if origin.scheme != "https":
        return True
    # Imported here: a local store does not need it.
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextlib.contextmanager
def _first_error() -> Iterator[None]:
    """Raise the one error that ended a group of uploads; a moved file explains the others."""
    try:
        yield
    except ExceptionGroup as group:
        errors = sorted(group.exceptions, key=lambda error: not isinstance(error, FileMoved))
        raise errors[0] from None
