"""`operations`: what waits and what came back, for people and for programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiohttp import web
from hivesync_contract.errors import ErrorCode, Problem
from hivesync_contract.operations import (
    Operation,
    OperationConflict,
    OperationKind,
    OperationList,
    OperationState,
)
from hivesync_dev.command_line import CommandLine
from hivesync_dev.servers.fake_agent import FakeAgent, agent_status
from hivesync_dev.servers.scripted import json_answer, problem_answer

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
WAITING = Operation(
    "op-1",
    OperationKind.PROJECT_UPDATE,
    OperationState.WAITING,
    "PATCH",
    "/api/v1/projects/p1",
    "u1",
    False,
    NOW,
    "vscode/1.0",
    {"name": "mine"},
)
CONFLICT = Operation(
    "op-2",
    OperationKind.PROJECT_UPDATE,
    OperationState.CONFLICT,
    "PATCH",
    "/api/v1/projects/p2",
    "u2",
    True,
    NOW,
    "vscode/1.0",
    {"name": "mine"},
    OperationConflict(
        NOW, Problem("", 412, ErrorCode.PRECONDITION_FAILED, "It was changed."), {"name": "theirs"}
    ),
)


@pytest.mark.parametrize("arguments", [("operations",), ("operations", "list")])
async def test_it_shows_both_sides(hivesync: CommandLine, agent: FakeAgent, arguments: tuple[str]) -> None:
    agent.on(
        "GET",
        "/v1/operations",
        json_answer(OperationList([WAITING, CONFLICT], damaged=["x.json.damaged"], of_other_accounts=2)),
    )
    outcome = await hivesync.run(*arguments)
    assert outcome.code == 0
    for said in (
        "waiting   op-1  project.update  /api/v1/projects/p1",
        "2 of accounts that are not signed in",
        "conflict  op-2",
        "It was changed.",
        'yours: {"name":"mine"}',
        'theirs: {"name":"theirs"}',
        "x.json.damaged",
    ):
        assert said in outcome.out


async def test_it_speaks_json(hivesync: CommandLine, agent: FakeAgent) -> None:
    agent.on("GET", "/v1/operations", json_answer(OperationList([CONFLICT])))
    for arguments in (
        ("operations", "list", "--json"),
        ("operations", "--json"),
        ("--json", "operations"),
    ):
        (item,) = (await hivesync.run(*arguments)).json()["items"]
        assert (item["id"], item["conflict"]["theirs"]) == ("op-2", {"name": "theirs"})


async def test_nothing_waits(hivesync: CommandLine, agent: FakeAgent) -> None:
    agent.on("GET", "/v1/operations", json_answer(OperationList([])))
    assert (await hivesync.run("operations")).out == "Nothing waits.\n"


async def test_a_conflict_is_settled(hivesync: CommandLine, agent: FakeAgent) -> None:
    agent.on("POST", "/v1/operations/op-2/retry", json_answer(WAITING, 202))

    async def gone(_: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    agent.on("DELETE", "/v1/operations/op-2", gone)
    assert (await hivesync.run("operations", "retry", "op-2")).code == 0
    outcome = await hivesync.run("operations", "discard", "op-2", "--json")
    assert (outcome.code, outcome.json()) == (0, {"id": "op-2", "state": "discarded"})


@pytest.mark.parametrize("what", ["discard", "retry"])
async def test_what_is_gone_is_said(hivesync: CommandLine, agent: FakeAgent, what: str) -> None:
    refusal = problem_answer(404, "NOT_FOUND", "There is no such operation.")
    agent.on("POST", "/v1/operations/op-9/retry", refusal)
    agent.on("DELETE", "/v1/operations/op-9", refusal)
    outcome = await hivesync.run("operations", what, "op-9")
    assert (outcome.code, "no such operation" in outcome.err) == (1, True)


async def test_without_an_agent_nothing_can_wait(hivesync: CommandLine) -> None:
    outcome = await hivesync.run("operations")
    assert (outcome.code, outcome.out) == (4, "")


async def test_the_status_counts_them(hivesync: CommandLine, agent: FakeAgent) -> None:
    status = replace(agent_status(hivesync.server_url), queued_operations=2, conflicting_operations=1)
    agent.on("GET", "/v1/status", json_answer(status))
    outcome = await hivesync.run("status")
    assert "changes    2 waiting to be sent" in outcome.out
    assert "conflicts  1; see `hivesync operations`" in outcome.out


async def test_a_change_that_waits_is_told_as_offline(hivesync: CommandLine, agent: FakeAgent) -> None:
    async def queued(_: web.Request) -> web.StreamResponse:
        problem = {"status": 202, "code": "OFFLINE_QUEUED", "detail": "Kept.", "operation_id": "op-1"}
        return web.json_response(problem, status=202, content_type="application/problem+json")

    agent.on("PATCH", "/api/v1/projects/p1", queued)
    outcome = await hivesync.run("api", "PATCH", "projects/p1", "--data", '{"name": "mine"}', "--json")
    assert (outcome.code, outcome.json()["code"]) == (4, "OFFLINE_QUEUED")
