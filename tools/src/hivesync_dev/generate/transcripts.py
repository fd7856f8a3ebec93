"""Golden transcripts of an agent whose backend is away and to which nobody is signed in.

They depend on nothing else, so they are made like any other generated file; those that take the whole product
are recorded by `hivesync_dev.transcripts`.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from hivesync_agent.settings import AgentSettings
from hivesync_contract import PROTOCOL_MAX, headers
from hivesync_contract.discovery import API_PREFIX

from hivesync_dev.generate.generated import Generated, json_text
from hivesync_dev.paths import ROOT
from hivesync_dev.servers.agents import RunningAgent, locations_in, running_agent
from hivesync_dev.transcripts.masking import SHOWN, Mask, masked_header

_FOLDER = ROOT / "plugins_bridge" / "spec" / "transcripts"
_NO_BACKEND = "http://127.0.0.1:9"
_NONCE = "0123456789abcdef" * 4
_KEY = "00000000-0000-4000-8000-000000000001"
_BEARER = {"Authorization": "Bearer <token>"}
_USUAL = {headers.CLIENT: "example-editor/0.1.0", headers.PROTOCOL: str(PROTOCOL_MAX)}
_MASK = Mask(
    frozenset(
        {
            "instance_id",
            "pid",
            "proof",
            "request_id",
            "started_at",
            "uptime_seconds",
            "version",
            "client",
            "clients",
            "upstream_latency_ms",
            "retry_seconds",
            "keychain",
            "store",
            "platform",
            "system",
        }
    )
)


@dataclass(frozen=True, slots=True)
class _Ask:
    """One request, as a client sends it."""

    why: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=lambda: {**_USUAL, **_BEARER})
    body: Any = None


def transcript_files() -> list[Generated]:
    """Give the transcripts, one file for each chapter."""
    with tempfile.TemporaryDirectory(prefix="hivesync-transcripts-") as folder:
        recorded = asyncio.run(_recorded(Path(folder)))
    return [Generated(_FOLDER / f"{name}.json", json_text(chapter)) for name, chapter in recorded.items()]


async def _recorded(folder: Path) -> dict[str, dict[str, Any]]:
    settings = AgentSettings(_NO_BACKEND, "default", locations_in(folder))
    async with running_agent(settings) as running, aiohttp.ClientSession() as http:
        return {
            name: {"exchanges": [await _exchange(running, http, ask) for ask in asks]}
            for name, asks in _chapters().items()
        }


def _chapters() -> dict[str, Iterable[_Ask]]:
    change = {**_USUAL, **_BEARER, headers.IDEMPOTENCY_KEY: _KEY}
    return {
        "begin": [
            _Ask("The proof is asked for without the token.", "GET", f"/?nonce={_NONCE}", _USUAL),
            _Ask("Then the agent's state, with it.", "GET", "/v1/status"),
            _Ask("Who is signed in.", "GET", "/v1/session"),
            _Ask("Previews that this agent knows.", "GET", "/v1/previews"),
            _Ask("Linked folders.", "GET", "/v1/projects"),
            _Ask("What waits for the network.", "GET", "/v1/operations"),
        ],
        "refusals": [
            _Ask(
                "A token of an agent before: read the discovery file again.",
                "GET",
                "/v1/status",
                {**_USUAL, "Authorization": f"Bearer {'x' * 43}"},
            ),
            _Ask("No token.", "GET", "/v1/status", _USUAL),
            _Ask("A client that does not say who it is.", "GET", "/v1/status", _BEARER),
            _Ask(
                "A header that only browsers send.",
                "GET",
                "/v1/status",
                {**_USUAL, **_BEARER, "Origin": "http://localhost:3000"},
            ),
            _Ask(
                "A protocol of later.",
                "GET",
                "/v1/status",
                {**_USUAL, **_BEARER, headers.PROTOCOL: str(PROTOCOL_MAX + 1)},
            ),
            _Ask("No such route.", "GET", "/v1/nothing"),
            _Ask("What is not relayed.", "GET", "/api/v1/admin/users"),
            _Ask("A preview that there is not.", "GET", "/v1/previews/0199c1b2-0000-7000-8000-000000000009"),
        ],
        "signed-out": [
            _Ask("A relayed read without a session.", "GET", "/api/v1/projects"),
            _Ask("A relayed change.", "POST", "/api/v1/projects", change, {"name": "Trailbook"}),
            _Ask("The backend's health, which is away.", "GET", "/api/v1/health"),
        ],
    }


async def _exchange(running: RunningAgent, http: aiohttp.ClientSession, ask: _Ask) -> dict[str, Any]:
    sent = {name: value.replace("<token>", running.token) for name, value in ask.headers.items()}
    async with http.request(
        ask.method, running.url + ask.path, headers=sent, json=ask.body, skip_auto_headers=["User-Agent"]
    ) as answer:
        content = await answer.read()
    return {
        "why": ask.why,
        "request": {
            "method": ask.method,
            "target": API_PREFIX + ask.path,
            "headers": {"Host": "127.0.0.1:<port>", **ask.headers},
            "body": ask.body,
        },
        "answer": {
            "status": answer.status,
            "headers": {
                name: masked_header(name, answer.headers[name]) for name in SHOWN if name in answer.headers
            },
            "body": _MASK.json(json.loads(content)) if content else None,
        },
    }
