"""Every operation under generated input, right and wrong: no crash, and no answer that is not described."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

_EXAMPLES = 12
_EXAMPLES_ON_SQLITE = 6
"""Of the same ones, the first: what SQLite alone takes ill, such as too large a number, is found by few."""

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
_ENDLESS = "/api/v1/events"
"""A stream, which has tests of its own."""

_OWN_ACCOUNT = ("/api/v1/auth/password/change", "/api/v1/auth/sessions/{session_id}")
"""Could end the session that all the others need; called without it."""


class Fuzzed:
    """A real server, a user of the largest plan, and things of theirs for paths to name."""

    def __init__(self, url: str, token: str, known: dict[str, str]) -> None:
        self.url, self.token, self.known = url, token, known

    def operations(self) -> Iterator[Any]:
        document = httpx.get(f"{self.url}/api/v1/openapi.json", trust_env=False).json()
        found: Any = schemathesis.openapi.from_dict(document)
        for result in found.get_all_operations():
            operation = result.ok()
            if operation.path != _ENDLESS:
                yield operation

    def call(self, case: Any, real: bool) -> None:
        if real:
            names = {
                name: value for name, value in self.known.items() if name in (case.path_parameters or {})
            }
            case.path_parameters = (case.path_parameters or {}) | names
        headers = {} if case.path in _OWN_ACCOUNT else {"Authorization": f"Bearer {self.token}"}
        case.call_and_validate(base_url=self.url, headers=headers, checks=_CHECKS, timeout=30)


async def _known(client: httpx.AsyncClient, user: BackendUser) -> dict[str, str]:
    project = await user.project()
    base = f"/api/v1/projects/{project}"

    async def made(path: str, body: dict[str, Any]) -> str:
        answer = await client.post(f"{base}/{path}", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return {
        "project_id": project,
        "task_id": await made("tasks", {"title": "a task"}),
        "other_id": await made("tasks", {"title": "another"}),
        "label_id": await made("labels", {"name": "bug", "color": "#a35a00"}),
        "comment_id": await made("comments", {"target": {"kind": "project"}, "body": "hello"}),
    }


@pytest.mark.timeout(400)
async def test_no_generated_request_crashes_the_server_or_gets_an_undescribed_answer(
    environ: dict[str, str],
) -> None:
    much = {"ANONYMOUS_REQUESTS_PER_MINUTE": "1000000", "TIER_LIMITS": _unlimited()}
    server = await BackendProcess(environ | much).start()
    try:
        async with server.client() as client:
            user = await BackendUser(client, "ann").sign_up()
            fuzzed = Fuzzed(server.url, user.tokens["access_token"], await _known(client, user))
        examples = _EXAMPLES if "DATABASE_URL" in environ else _EXAMPLES_ON_SQLITE
        await asyncio.to_thread(_fuzz, fuzzed, examples)
    finally:
        await server.kill()


def _unlimited() -> str:
    return json.dumps({"premium": {"requests_per_minute": 1_000_000}})


def _fuzz(fuzzed: Fuzzed, examples: int) -> None:
    failures: list[str] = []
    for operation in fuzzed.operations():

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), real=st.booleans())
        def attempt(case: Any, real: bool) -> None:
            fuzzed.call(case, real)

        try:
            attempt()
        except Exception as error:
            failures.append(f"{operation.label}\n{error}")
    assert not failures, "\n\n".join(failures)
