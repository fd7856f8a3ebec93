"""Every operation, asked by hostile requests: each is refused or taken, in the shape of our answers.

On Postgres, which refuses more texts than SQLite does. Requests that are nearly right are generated in
tests/server/openapi; these are far from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

import httpx
import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver

from tests.server.security.belongings import SignUp, belongings, people
from tests.server.security.routes import Operation, body_of

pytestmark = [pytest.mark.postgres_only, pytest.mark.timeout(240)]

JSON = "application/json"
NO_BODIES: tuple[tuple[str, bytes], ...] = (
    (JSON, b"[" * 100_000),
    (JSON, b'{"a":' * 40_000),
    (JSON, b'{"a": "\xff"}'),
    (JSON, b'{"a": NaN, "b": -Infinity}'),
    (JSON, b'{"a": ' + b"9" * 20_000 + b"}"),
    (JSON, b'"text"'),
    (JSON, b"{"),
    (JSON, b" " * 300_000),
    ("text/plain", b"{}"),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
)
"""What is the body of no operation. Each has every fourth of them, as all are parsed alike."""

VALUES = ('"\\u0000"', '"\\ud800"')
ODD_VALUES = ("1e400", "9" * 5_000, "[[[]]]", '"' + "x" * 20_000 + '"')
"""What stands in the place of each text of a good body, one after the other; of the odd ones each has one."""

IN_ADDRESSES = ("%00", "%ED%A0%80", "..%2F..%2Fetc", "-1", "9" * 400, "1%0A", "'%22;--", "x" * 3_000)
HEADERS: tuple[dict[str, bytes], ...] = (
    {"If-Match": b"\xff" * 100},
    {"If-None-Match": b",".join([b'"x"'] * 4_000)},
    {"Idempotency-Key": b""},
    {"Idempotency-Key": b"\xe9\x80\x80"},
    {"Idempotency-Key": b"x" * 256},
    {"Range": b"bytes=0-,0-,0-"},
    {"X-Request-ID": b"\xff" * 20},
    {"User-Agent": b"\xff" * 2_000},
    {"X-Real-IP": b"::ffff:1.2.3.4%eth0"},
    {"Accept-Language": b"*;q=" + b"9" * 5_000},
)


async def test_no_request_crashes_the_server_or_is_answered_in_another_shape(
    sign_up: SignUp,
    owner: BackendUser,
    backend: RunningBackend,
    receiver: WebhookReceiver,
    all_operations: Sequence[Operation],
) -> None:
    who = await people(sign_up)
    ids = (await belongings(who, backend, receiver.origin)).ids
    wrong: list[str] = []
    asked = 0
    for turn, operation in enumerate(all_operations):
        client = (owner if "/admin/" in operation.path else who.ann).client
        for said, request in _requests(operation, ids, turn % 4):
            asked += 1
            async with client.stream(operation.method, **request) as answer:
                if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                    await answer.aread()  # a stream of events does not end
            if trouble := _trouble(answer, said):
                wrong.append(f"{operation}, {said} {str(request)[:300]}: {trouble}")
    assert not wrong, "\n".join(wrong)
    assert asked > 600


def _requests(
    operation: Operation, ids: Mapping[str, str], turn: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    good = operation.at(ids)
    if operation.schema is not None:
        for kind, content in NO_BODIES[turn::4]:
            yield "no body", {"url": good, "content": content, "headers": {"Content-Type": kind}}
        if body := body_of(operation, ids):
            yield "twice", {"url": good, "content": _twice(body), "headers": {"Content-Type": JSON}}
        for text in _with_values(body_of(operation, ids)):
            yield "value", {"url": good, "content": text, "headers": {"Content-Type": JSON}}
    for spelt in IN_ADDRESSES if operation.method == "GET" else IN_ADDRESSES[:2]:
        for name in operation.parameters:
            yield "path", {"url": operation.at({**ids, name: spelt})}
        if operation.method == "GET":
            query = "&".join(
                f"{name}={spelt}" for name in ("limit", "cursor", "q", "state", "status", "format")
            )
            yield "query", {"url": f"{good}?{query}"}
    if operation.method == "GET":
        for headers in HEADERS:
            yield "header", {"url": good, "headers": headers}


def _with_values(body: Any) -> Iterator[str]:
    """Give the body as JSON once for each of its texts and each value in its place."""
    for path in _texts(body):
        changed, mark = deepcopy(body), "here be dragons"
        place = changed
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = mark
        text = json.dumps(changed)
        odd = ODD_VALUES[len(text) % len(ODD_VALUES)]
        yield from (text.replace(f'"{mark}"', value) for value in (*VALUES, odd))


def _twice(body: dict[str, Any]) -> str:
    """Give the body as JSON with its last field repeated as it is."""
    last = dict([list(body.items())[-1]])
    return f"{json.dumps(body)[:-1]}, {json.dumps(last)[1:]}"


def _texts(value: Any) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inner:
        if isinstance(part, str):
            yield (step,)
        yield from ((step, *path) for path in _texts(part))


def _trouble(answer: httpx.Response, said: str) -> str:
    if said == "twice" and "more than once" not in answer.json()["detail"]:
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.status_code >= 500 or (said in ("no body", "twice") and answer.status_code < 400):
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.status_code < 400:
        return ""
    problem = answer.json() if answer.headers.get("content-type") == "application/problem+json" else {}
    whole = {"title", "status", "code", "detail", "request_id"} <= problem.keys()
    return "" if whole else f"no problem: {answer.status_code} {answer.headers} {answer.text[:200]}"
