"""Flaws in how an answer is read, and what is made of a refusal."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import hivesync_client as client  # type: ignore[import-not-found]

from tests.conformance.bad_client.flaws import Connect, Decoded, Headers, ThroughAgent, flaw


@flaw
def has_no_patience() -> None:
    def connect(found: dict[str, Any]) -> Any:
        connection = Connect(found)
        connection.sock.settimeout(0.03)
        return connection

    client.connect = connect


@flaw
def reads_only_the_first_piece() -> None:
    client.http.client.HTTPResponse.read = lambda self, size=None: self.read1(size or 65_536)


@flaw
def cleans_texts() -> None:
    def decoded(text: bytes) -> Any:
        return json.loads(text.decode().replace("\\u001b", "")) if text else None

    client.decoded = decoded


@flaw
def takes_half_an_answer() -> None:
    def read(self: Any, *_: Any) -> bytes:
        content = b""
        while len(content) < self.length and (more := self.fp.read1(self.length - len(content))):
            content += more
        self._close_conn()
        return content

    client.http.client.HTTPResponse.read = read


@flaw
def follows_redirects() -> None:
    def through(found: Any, method: str, path: str, body: Any, key: str) -> Any:
        client.connect(found).close()
        url = f"http://127.0.0.1:{found['port']}{client.PREFIX}{path}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return 200, json.load(opener.open(urllib.request.Request(url, headers=Headers(found["token"]))))

    client.through_agent = through


@flaw
def takes_every_401_for_the_agents() -> None:
    def through(found: Any, *arguments: Any) -> Any:
        status, answer = ThroughAgent(found, *arguments)
        if status == 401:
            raise client.Absent("AGENT_STALE", "refused")
        return status, answer

    client.through_agent = through


@flaw
def hides_errors() -> None:
    def decoded(text: bytes) -> Any:
        answer = Decoded(text)
        return None if isinstance(answer, dict) and "code" in answer else answer

    client.decoded = decoded
