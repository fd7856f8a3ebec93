"""A whole client of HiveSync for one more editor: standard library only, any system.

docs/write-a-plugin.md explains it piece by piece, and the conformance runner holds it to the protocol.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import shutil
import stat
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PREFIX, CLIENT, PROTOCOL = "/hivesync-desktop-api", "example-editor/0.1.0", 1


class Failed(Exception):
    """A call that came to nothing: `code` for programs, the text for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Absent(Failed):
    """No agent that can be used; `code` says why."""


# 1. Find the agent ------------------------------------------------------------------------------------


def discovery_path() -> Path:
    """Give where an agent of this user publishes itself; see the protocol for other systems."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    usual = Path(runtime) / "hivesync" if runtime else Path.home() / ".local/state/hivesync/run"
    return Path(os.environ.get("HIVESYNC_RUNTIME_DIR") or usual) / "desktop-agent.json"


def discover() -> dict[str, Any]:
    """Read the discovery file; raise `Absent` unless it is one that an agent of ours has written."""
    try:
        with open(os.open(discovery_path(), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
            check_private(os.fstat(file.fileno()))
            content = file.read(65_537)
        found: Any = json.loads(content) if len(content) <= 65_536 else None
    except FileNotFoundError:
        raise Absent("AGENT_ABSENT", "The agent does not run: hivesync agent start") from None
    except (OSError, ValueError, RecursionError):
        found = None
    if not is_discovery(found):
        raise Absent("AGENT_DISTRUSTED", "The discovery file is not an agent's: hivesync agent restart")
    if found["protocol"]["min"] > PROTOCOL:
        raise Absent("AGENT_TOO_NEW", "Update this plugin: HiveSync speaks a newer protocol.")
    if found["protocol"]["max"] < PROTOCOL:
        raise Absent("AGENT_TOO_OLD", "Update HiveSync: this plugin speaks a newer protocol.")
    return dict(found)


def check_private(info: os.stat_result) -> None:
    """Raise `OSError` for a file that is not ours alone."""
    mine = not hasattr(os, "getuid") or (info.st_uid == os.getuid() and not info.st_mode & 0o077)
    if not stat.S_ISREG(info.st_mode) or not mine:
        raise OSError("not private")


def is_discovery(found: Any) -> bool:
    """Tell whether this JSON has the members that are used, and nothing in them that does harm."""
    if not isinstance(found, dict) or found.get("schema") != 1:
        return False
    port, token, protocol = found.get("port"), found.get("token"), found.get("protocol")
    return (
        type(port) is int
        and 0 < port < 65536
        and isinstance(token, str)
        and re.fullmatch("[A-Za-z0-9_-]{43}", token) is not None
        and isinstance(protocol, dict)
        and all(type(protocol.get(end)) is int for end in ("min", "max"))
    )


# 2. Have it prove itself, on every connection ---------------------------------------------------------


def connect(found: dict[str, Any]) -> http.client.HTTPConnection:
    """Open a connection that has answered a fresh nonce; only then may the token be sent on it."""
    connection = http.client.HTTPConnection("127.0.0.1", found["port"], timeout=2)
    nonce = secrets.token_hex(32)
    try:
        connection.request("GET", f"{PREFIX}/?nonce={nonce}", headers={"X-HiveSync-Client": CLIENT})
    except OSError:
        raise Absent("AGENT_STALE", "The agent has ended: hivesync agent start") from None
    try:
        answer = connection.getresponse()
        said = str(json.loads(answer.read(16_384))["proof"]).encode()
        expected = hmac.new(found["token"].encode(), nonce.encode(), hashlib.sha256).hexdigest().encode()
        if answer.status != 200 or connection.sock is None or not hmac.compare_digest(said, expected):
            raise ValueError("no proof")
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        connection.close()
        raise Absent("AGENT_UNPROVEN", "Another program has taken the agent's port.") from None
    connection.auto_open = 0  # a new connection would have to be proven again
    connection.sock.settimeout(60)
    return connection


# 3. Make a call: through the agent, else direct -------------------------------------------------------


def call(method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Give status and decoded body; raise `Failed`. One key for all tries, so nothing is done twice."""
    key = str(uuid.uuid4())
    for _ in range(3):  # an agent may be restarted while it is asked
        token = None
        try:
            found = discover()
            token = found["token"]
            return through_agent(found, method, path, body, key)
        except Absent as absent:
            if not is_replaced(token):
                return direct(method, path, body, key, absent)
    raise Absent("AGENT_STALE", "The agent is restarted again and again.")


def through_agent(found: dict[str, Any], method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
    """Make the call on a proven connection; raise `Absent` if another way may be tried."""
    connection = connect(found)
    headers = agent_headers(found["token"])
    if method != "GET":
        headers["Idempotency-Key"] = key
    content = None if body is None else json.dumps(body).encode()
    if content is not None:
        headers["Content-Type"] = "application/json"
    try:
        connection.request(method, PREFIX + path, content, headers)
        answer = connection.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException):
        raise Absent("AGENT_STALE", "The agent ended during the call.") from None
    finally:
        connection.close()
    if answer.status == 401 and answer.headers["X-HiveSync-Agent"] and is_replaced(found["token"]):
        raise Absent("AGENT_STALE", "The agent was restarted.")
    return answer.status, decoded(text)


def agent_headers(token: str) -> dict[str, str]:
    """Give what every request carries, and nothing that only a browser sends."""
    return {
        "Authorization": f"Bearer {token}",
        "X-HiveSync-Client": CLIENT,
        "X-HiveSync-Protocol": str(PROTOCOL),
    }


def is_replaced(token: str | None) -> bool:
    """Tell whether the discovery file names another agent now than the one with this token."""
    try:
        return token is not None and discover()["token"] != token
    except Absent:
        return False


def direct(method: str, path: str, body: Any, key: str, absent: Absent) -> tuple[int, Any]:
    """Have the `hivesync` command make the call: it signs in, renews and waits as it should."""
    if not path.startswith("/api/"):
        raise absent  # only an agent can do that
    words = ["api", method, path, "--include", "--key", key, *(["--data", "-"] if body is not None else [])]
    done = hivesync(words, None if body is None else json.dumps(body).encode())
    head, _, text = done.stdout.partition(b"\r\n\r\n")
    if done.returncode != 0:
        raise Failed(
            "AUTH_REQUIRED" if done.returncode == 3 else "UPSTREAM_UNREACHABLE", done.stderr.decode()
        )
    return int(head.split()[1]), decoded(text)


def hivesync(words: list[str], content: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the command, never by a shell."""
    program = shutil.which("hivesync")
    if program is None:
        raise Failed("AUTH_REQUIRED", "Install HiveSync (docs/guide-desktop.md)")
    return subprocess.run([program, *words], input=content or b"", capture_output=True, check=False)


def decoded(text: bytes) -> Any:
    """Give JSON as data, and None for nothing."""
    return json.loads(text) if text else None


def mode() -> tuple[str, str]:
    """Tell which way a call would take now, and why."""
    try:
        connect(discover()).close()
        return "proxy", "AGENT_READY"
    except Absent as absent:
        try:
            signed_in = hivesync(["token"]).returncode == 0
        except Failed:
            signed_in = False
        return ("direct", absent.code) if signed_in else ("none", "SIGNED_OUT")


# 4. Hear what happens ---------------------------------------------------------------------------------


def events() -> Iterator[dict[str, Any]]:
    """Give events for ever; after a break the stream goes on where it was."""
    last_id, pause = "", 0.2
    while True:
        try:
            for event in stream(last_id):
                last_id, pause = event["id"] or last_id, 0.2
                yield event
        except (Failed, OSError, http.client.HTTPException):
            pause = min(pause * 2, 5.0)
        time.sleep(pause)


def stream(last_id: str) -> Iterator[dict[str, Any]]:
    """Give the events of one connection."""
    found = discover()
    connection = connect(found)
    connection.sock.settimeout(45)  # three missed comments
    resume = {"Last-Event-ID": last_id} if last_id else {}
    headers = {**agent_headers(found["token"]), "Accept": "text/event-stream", **resume}
    connection.request("GET", f"{PREFIX}/v1/events", headers=headers)
    answer = connection.getresponse()
    fields: dict[str, list[str]] = {}
    while line := answer.readline():
        name, _, value = line.decode().rstrip("\r\n").partition(":")
        if name:
            fields.setdefault(name, []).append(value.removeprefix(" "))
        elif any(fields.get("data", [])) and not value:
            last_id = fields.get("id", [last_id])[-1]
            kind = fields.get("event", ["message"])[-1]
            yield {"id": last_id, "type": kind, "data": json.loads("\n".join(fields["data"]))}
        if not name and not value:
            fields = {}
