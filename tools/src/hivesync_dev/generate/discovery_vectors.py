"""Discovery files, and what a client has to make of each: for the tests of every client.

A verdict is `agent`, with the port and the token to use, or the reason for which there is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hivesync_contract import PROTOCOL_MAX, PROTOCOL_MIN
from hivesync_contract.discovery import DiscoveryFile, DiscoveryInvalid

SIZE_MAX_BYTES = 65_536
_TOKEN = "vector_token-0123456789abcdefghijklmnopqrst"
_FILE: dict[str, Any] = {
    "schema": 1,
    "pid": 4711,
    "port": 49152,
    "url": "http://127.0.0.1:49152/hivesync-desktop-api",
    "token": _TOKEN,
    "instance_id": "018f3a5e-0000-7000-8000-000000000001",
    "version": "0.1.0",
    "protocol": {"min": PROTOCOL_MIN, "max": PROTOCOL_MAX},
    "profile": "default",
    "started_at": "2026-11-23T10:00:00Z",
}


def discovery_vectors() -> dict[str, Any]:
    """Give the vectors as one document."""
    return {
        "use": "Write `content` (UTF-8) as `desktop-agent.json` with `mode` (octal; none on Windows). "
        "`verdict` is `agent`, then `port` and `token` are those to use, or the reason why there is none. "
        "Spaces are added up to `padded_to_bytes`. A `link` is a symbolic link to such a file.",
        "size_max_bytes": SIZE_MAX_BYTES,
        "protocol": {"min": PROTOCOL_MIN, "max": PROTOCOL_MAX},
        "cases": [*_usable(), *_of_other_protocols(), *_not_believed(), *_not_private()],
    }


def _usable() -> Iterator[dict[str, Any]]:
    yield _case("as an agent writes it", _FILE)
    yield _case("with members of a later release", _FILE | {"later": {"a": [1]}, "started_at": "2027"})
    yield _case("with an address that points elsewhere", _FILE | {"url": "http://203.0.113.7:80/"})
    yield _case("of an agent on another machine", _FILE | {"forwarded_from": "build-host"})
    yield _case("of an agent that names its backend", _FILE | {"server_url": "https://hivesync.example"})
    yield _case("the highest port", _FILE | {"port": 65535})
    yield _case("also newer protocols", _FILE | {"protocol": {"min": PROTOCOL_MIN, "max": PROTOCOL_MAX + 9}})


def _of_other_protocols() -> Iterator[dict[str, Any]]:
    newer, older = {"min": PROTOCOL_MAX + 1, "max": PROTOCOL_MAX + 2}, {"min": 0, "max": PROTOCOL_MIN - 1}
    yield _case("only newer protocols", _FILE | {"protocol": newer})
    yield _case("only older protocols", _FILE | {"protocol": older})


def _not_believed() -> Iterator[dict[str, Any]]:
    text = json.dumps(_FILE)
    yield _refused("empty", "")
    yield _refused("cut short", text[:-9])
    yield _refused("not JSON", "port = 49152\n")
    yield _refused("a list", json.dumps([_FILE]))
    yield _refused("deeply nested", "[" * 3_000)
    yield _refused("longer than any agent writes", text) | {"padded_to_bytes": SIZE_MAX_BYTES + 1}
    for name in ("port", "token", "protocol", "schema"):
        yield _case(f"without {name}", {key: value for key, value in _FILE.items() if key != name})
    for wrong in (0, -1, 65536, "49152", True, 49152.5, None):
        yield _case(f"port {wrong!r}", _FILE | {"port": wrong})
    for why, token in _BAD_TOKENS.items():
        yield _case(f"token {why}", _FILE | {"token": token})
    for schema in (0, 2, "1", None):
        yield _case(f"schema {schema!r}", _FILE | {"schema": schema})
    yield _case("protocol as a number", _FILE | {"protocol": 1})
    yield _case("protocol with text", _FILE | {"protocol": {"min": "1", "max": 1}})


_BAD_TOKENS: dict[str, Any] = {
    "too short": _TOKEN[:-1],
    "too long": _TOKEN + "a",
    "with a line break": _TOKEN[:-2] + "\r\n",
    "with a break at its end": _TOKEN + "\n",
    "beyond ASCII": _TOKEN[:-1] + "é",
    "as a number": 43,
    "with base64's plus": _TOKEN[:-1] + "+",
}


def _not_private() -> Iterator[dict[str, Any]]:
    for mode in ("0640", "0604", "0620", "0644", "0666"):
        yield _case(f"mode {mode}", _FILE) | {"mode": mode, "verdict": "AGENT_DISTRUSTED"}
    yield _case("a symbolic link", _FILE) | {"link": True, "verdict": "AGENT_DISTRUSTED"}


def _case(name: str, file: dict[str, Any]) -> dict[str, Any]:
    case = {"name": name, "content": json.dumps(file, ensure_ascii=False), "mode": "0600"}
    try:
        found = DiscoveryFile.from_json(file)
    except DiscoveryInvalid:
        return case | {"verdict": "AGENT_DISTRUSTED"}
    if found.protocol.min > PROTOCOL_MAX:
        return case | {"verdict": "AGENT_TOO_NEW"}
    if found.protocol.max < PROTOCOL_MIN:
        return case | {"verdict": "AGENT_TOO_OLD"}
    return case | {"verdict": "agent", "port": found.port, "token": found.token}


def _refused(name: str, content: str) -> dict[str, Any]:
    return {"name": name, "content": content, "mode": "0600", "verdict": "AGENT_DISTRUSTED"}
