"""Four ways to make a call, as four kinds of programs do: SDK, asynchronous SDK, command, bare HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import json
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import hivesync
from hivesync.discovery import read_discovery
from hivesync_contract import headers as names
from hivesync_contract.discovery import DiscoveryFile
from hivesync_contract.errors import HiveSyncError
from hivesync_dev.paths import VENV_BIN

ANSWER_SECONDS = 20.0
_OFFLINE = names.OFFLINE.lower()


class NoAnswer(Exception):
    """Nothing was heard; the call may have arrived."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`is_stored`: the agent gave what it had read earlier, and said so."""

    status: int
    body: Any = None
    is_stored: bool = False

    @property
    def code(self) -> str:
        """Give the error code, if it is a problem."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


class Way(Protocol):
    """Makes calls. `repeats`: the caller's key is sent, so that the same change can be sent again."""

    repeats: bool

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        """Give the answer, or raise `NoAnswer`."""


class BySdk:
    """`hivesync.Client`, in a program that only ever wants the agent."""

    repeats = True

    def __init__(self) -> None:
        self._client = hivesync.Client(
            name="soak-sdk/1.0", only=hivesync.Mode.PROXY, timeout_seconds=ANSWER_SECONDS
        )

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        try:
            response = self._client.request(method, path, json=body, headers=_key_header(key))
        except HiveSyncError as error:
            raise NoAnswer(str(error)) from error
        return _answer(response)


class BySdkAsync:
    """`hivesync.AsyncClient`, which goes direct while no agent runs; reads go beside every call."""

    repeats = True

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._client = hivesync.AsyncClient(name="soak-async/1.0", timeout_seconds=ANSWER_SECONDS)

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        return self._runner.run(self._call(method, path, body, key))

    async def _call(self, method: str, path: str, body: Any, key: str) -> Answer:
        beside = [self._client.request("GET", "/api/v1/projects", params={"limit": 5}) for _ in range(3)]
        wanted = self._client.request(method, path, json=body, headers=_key_header(key))
        response, *_ = await asyncio.gather(wanted, *beside, return_exceptions=True)
        if isinstance(response, HiveSyncError):
            raise NoAnswer(str(response)) from response
        if isinstance(response, BaseException):
            raise response
        return _answer(response)


class ByCommand:
    """`hivesync api`, a process for each call. It makes its own keys, so nothing can be sent again."""

    repeats = False

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        command = [str(VENV_BIN / "hivesync"), "api", "--json", method, path]
        command += ["--data", json.dumps(body)] if body is not None else []
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        if done.returncode not in (0, 1, 3, 4) or not done.stdout:
            raise RuntimeError(f"hivesync ended with {done.returncode}: {done.stderr.decode()}")
        said = json.loads(done.stdout)
        if done.returncode == 0:
            return Answer(200, said, is_stored=b"this was read" in done.stderr)
        answer = Answer(int(said["status"]), said)
        if answer.code == "UPSTREAM_UNREACHABLE":
            raise NoAnswer(said["detail"])
        return answer


class ByHttp:
    """A plugin's own few lines of HTTP: discovery file, proof, token, one kept connection."""

    repeats = True

    def __init__(self, discovery: Path) -> None:
        self._path = discovery
        self._connection: http.client.HTTPConnection | None = None
        self._file: DiscoveryFile | None = None

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        try:
            answer = self._exchange(method, path, body, key)
        except (OSError, http.client.HTTPException, HiveSyncError) as error:
            self.close()
            raise NoAnswer(repr(error)) from error
        return answer

    def open_stream(self, last_event_id: str) -> http.client.HTTPResponse:
        """Open the event stream; raise `NoAnswer`."""
        try:
            file, connection = self._prove()
            headers = self._headers(file) | ({"Last-Event-ID": last_event_id} if last_event_id else {})
            connection.request("GET", f"/{file.url.split('/', 3)[3]}/v1/events", headers=headers)
            return connection.getresponse()
        except (OSError, http.client.HTTPException, HiveSyncError) as error:
            raise NoAnswer(repr(error)) from error

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _exchange(self, method: str, path: str, body: Any, key: str) -> Answer:
        if self._connection is None:
            self._file, self._connection = self._prove()
        if self._file is None:
            raise RuntimeError("a connection without its discovery file")
        headers = self._headers(self._file) | _key_header(key)
        sent = None
        if body is not None:
            sent, headers["Content-Type"] = json.dumps(body), "application/json"
        self._connection.request(method, f"/{self._file.url.split('/', 3)[3]}{path}", sent, headers)
        response = self._connection.getresponse()
        content = response.read()
        return Answer(
            response.status,
            json.loads(content) if content else None,
            response.headers[names.OFFLINE] is not None,
        )

    def _headers(self, file: DiscoveryFile) -> dict[str, str]:
        return {names.CLIENT: "soak-editor/1.0", "Authorization": f"Bearer {file.token}"}

    def _prove(self) -> tuple[DiscoveryFile, http.client.HTTPConnection]:
        file = read_discovery(self._path)
        connection = http.client.HTTPConnection("127.0.0.1", file.port, timeout=ANSWER_SECONDS)
        nonce = secrets.token_hex(32)
        connection.request(
            "GET", f"/{file.url.split('/', 3)[3]}/?nonce={nonce}", headers={names.CLIENT: "soak-editor/1.0"}
        )
        proof = json.loads(connection.getresponse().read())["proof"]
        if proof != hmac.new(file.token.encode(), nonce.encode(), hashlib.sha256).hexdigest():
            raise ConnectionError("somebody else took the agent's port")
        return file, connection


def _key_header(key: str) -> dict[str, str]:
    return {names.IDEMPOTENCY_KEY: key} if key else {}


def _answer(response: hivesync.Response) -> Answer:
    return Answer(response.status, response.json() if response.body else None, _OFFLINE in response.headers)
