"""The way to this machine's agent. Follows its restarts; never uses a proxy."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from time import monotonic

import httpx
from hivesync_contract import headers
from hivesync_contract.discovery import DiscoveryFile
from hivesync_contract.errors import HiveSyncError

from hivesync._async._concurrency import Lock
from hivesync._async._proven import ProvenTransport
from hivesync._async._reading import read_whole
from hivesync._body import ENCODINGS
from hivesync._call import Call, new_call
from hivesync._errors import AgentAbsent
from hivesync.discovery import FileStamp, check_backend, check_reach, protocol_version, read_discovery

_OF_ANY_BACKEND = frozenset(
    {"/v1/status", "/v1/logs", "/v1/support-bundle", "/v1/pause", "/v1/resume", "/v1/shutdown"}
)
"""What an agent is asked about itself, whichever backend it serves."""


_RETIRED_SECONDS = 120.0
"""Longer than an answer of an agent that has ended can still come."""


class AgentLink:
    """Sends calls to whichever agent the discovery file names now.

    `serving`: the one backend that it must serve; None if any is meant.
    """

    def __init__(
        self, discovery_path: Path, client_name: str, timeout: httpx.Timeout, *, serving: str | None
    ) -> None:
        self._serving = serving
        self._path = discovery_path
        self._client_name = client_name
        self._timeout = timeout
        self._stamp: FileStamp | None = None
        self._retired: list[tuple[float, httpx.AsyncClient]] = []
        self._lock = Lock()
        self._file: DiscoveryFile | None = None
        self._http: httpx.AsyncClient | None = None

    @property
    def instance_id(self) -> str | None:
        """Give the id of the agent that was used last."""
        return self._file.instance_id if self._file else None

    @property
    def server_url(self) -> str | None:
        """Give the backend of the agent that was used last, if it says so."""
        return self._file.server_url if self._file else None

    async def send(
        self, call: Call, *, stream: bool = False, read_seconds: float | None = None
    ) -> httpx.Response:
        """Send the call.

        Raises `AgentAbsent`, `ProtocolUnsupported`, `BackendDiffers`, `AnswerTooLong`, or
        `httpx.TransportError`.
        """
        file, http = await self._current()
        check_reach(file, call.method, call.path)
        if self._serving is not None and call.path not in _OF_ANY_BACKEND:
            check_backend(file, self._serving)
        request = http.build_request(
            call.method,
            file.url + call.path,
            params=dict(call.params) or None,
            content=call.body,
            headers=call.headers,
        )
        if read_seconds is not None:
            request.extensions["timeout"]["read"] = read_seconds
        response = await http.send(request, stream=True)
        return response if stream else await read_whole(response)

    async def prove(self) -> None:
        """Ask the agent for a proof, whatever backend it serves; raise as `send` does."""
        file, http = await self._current()
        request = http.build_request("GET", f"{file.url}/", params={"nonce": secrets.token_hex(32)})
        del request.headers["Authorization"]
        await read_whole(await http.send(request, stream=True))

    def stamp(self) -> FileStamp | None:
        """Tell this agent apart from the next; None if none has published itself."""
        return FileStamp.of(self._path)

    async def see_to_session(self) -> None:
        """Have an agent that runs renew the session if it must; without one nothing happens."""
        # Absent, ending, or of another backend: then whoever asked renews by itself.
        with contextlib.suppress(HiveSyncError, httpx.TransportError):
            await self.send(new_call("GET", "/v1/session"))

    async def aclose(self) -> None:
        """Close all connections."""
        self._retire()
        retired, self._retired = self._retired, []
        for _, http in retired:
            await http.aclose()

    async def _current(self) -> tuple[DiscoveryFile, httpx.AsyncClient]:
        stamp = FileStamp.of(self._path)
        async with self._lock:
            if self._file is None or self._http is None or stamp != self._stamp:
                await self._close_long_retired()
                self._replace(stamp)
            if self._file is None or self._http is None:
                raise AgentAbsent("The agent does not run; `hivesync agent start` starts it.")
            return self._file, self._http

    def _replace(self, stamp: FileStamp | None) -> None:
        self._retire()
        self._stamp = stamp
        if stamp is not None:
            self._file = read_discovery(self._path)
            self._http = self._open(self._file)

    def _retire(self) -> None:
        """Give up the connections to an agent: later, since other calls may still be read from them."""
        if self._http is not None:
            self._retired.append((monotonic(), self._http))
        self._http, self._file, self._stamp = None, None, None

    async def _close_long_retired(self) -> None:
        before = monotonic() - _RETIRED_SECONDS
        while self._retired and self._retired[0][0] < before:
            await self._retired.pop(0)[1].aclose()

    def _open(self, file: DiscoveryFile) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=ProvenTransport(file),
            trust_env=False,
            follow_redirects=False,
            timeout=self._timeout,
            headers={
                "Accept-Encoding": ENCODINGS,
                "Authorization": f"Bearer {file.token}",
                headers.CLIENT: self._client_name,
                headers.PROTOCOL: str(protocol_version(file)),
            },
        )
