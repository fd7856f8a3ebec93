"""Error answers become exceptions by status, keep what was sent, and never need a well-formed body."""

from __future__ import annotations

import pytest
from hivesync import (
    ApiError,
    AsyncClient,
    AuthenticationFailed,
    Conflicting,
    InvalidInput,
    NotFound,
    PermissionDenied,
    ResponseInvalid,
    ServiceFailed,
    TierLimitReached,
    TooLarge,
    TooManyRequests,
)
from hivesync_contract.errors import STATUS_OF, Diagnostic, ErrorCode, FieldError
from hivesync_dev.servers.fake_agent import FakeAgent
from hivesync_dev.servers.scripted import json_answer, problem_answer

ROUTE = "/api/v1/projects/p1"


async def failure(client: AsyncClient) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await client.projects.get("p1")
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidInput),
        (401, AuthenticationFailed),
        (402, TierLimitReached),
        (403, PermissionDenied),
        (404, NotFound),
        (409, Conflicting),
        (410, NotFound),
        (412, Conflicting),
        (413, TooLarge),
        (418, ApiError),
        (422, InvalidInput),
        (429, TooManyRequests),
        (500, ServiceFailed),
        (503, ServiceFailed),
        (507, ServiceFailed),
    ],
)
async def test_each_status_has_its_class(
    agent: FakeAgent, client: AsyncClient, status: int, kind: type[ApiError]
) -> None:
    agent.on("GET", ROUTE, problem_answer(status, "INTERNAL_ERROR"))
    error = await failure(client)
    assert type(error) is kind
    assert error.status == status


@pytest.mark.parametrize("code", [code for code in ErrorCode if STATUS_OF[code] >= 400])
async def test_every_code_arrives_as_it_was_sent(
    agent: FakeAgent, client: AsyncClient, code: ErrorCode
) -> None:
    agent.on("GET", ROUTE, problem_answer(STATUS_OF[code], code))
    error = await failure(client)
    assert (error.code, error.wire_code) == (code, code.value)


async def test_a_problem_s_members_are_all_kept(agent: FakeAgent, client: AsyncClient) -> None:
    more = {
        "request_id": "r1",
        "errors": [{"field": "name", "message": "is too long"}],
        "diagnostic": {"message": "unexpected }", "file": "src/App.tsx", "line": 3, "column": 7, "new": 1},
        "limit": 20,
        "used": 20,
        "reset_at": "2026-11-23T11:00:00Z",
    }
    agent.on("GET", ROUTE, problem_answer(402, "TIER_LIMIT", "Too many previews this hour.", **more))
    error = await failure(client)
    assert str(error) == error.detail == "Too many previews this hour."
    assert error.request_id == "r1"
    assert error.errors == [FieldError("name", "is too long")]
    assert error.diagnostic == Diagnostic("unexpected }", "src/App.tsx", 3, 7)
    assert (error.limit, error.used, error.reset_at) == (20, 20, "2026-11-23T11:00:00Z")


async def test_a_code_of_a_later_release_is_kept(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", ROUTE, problem_answer(409, "MOON_IS_FULL"))
    error = await failure(client)
    assert error.wire_code == "MOON_IS_FULL"
    assert error.code is ErrorCode.CONFLICT
    assert error.body["code"] == "MOON_IS_FULL"


@pytest.mark.parametrize(
    "body", ["", "text", [], None, {"errors": 1, "diagnostic": [], "detail": None, "limit": "x"}], ids=repr
)
async def test_a_body_that_is_no_problem_still_gives_the_error(
    agent: FakeAgent, client: AsyncClient, body: object
) -> None:
    agent.on("GET", ROUTE, json_answer(body, 502))
    error = await failure(client)
    assert isinstance(error, ServiceFailed)
    assert error.code is ErrorCode.UPSTREAM_UNREACHABLE
    assert error.detail


async def test_retry_after_is_given_in_seconds(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", ROUTE, json_answer({"code": "RATE_LIMITED"}, 429, {"Retry-After": "7"}))
    error = await failure(client)
    assert error.retry_after_seconds == 7
    assert error.retryable


async def test_the_request_id_is_taken_from_the_header_where_the_body_has_none(
    agent: FakeAgent, client: AsyncClient
) -> None:
    agent.on("GET", ROUTE, json_answer({}, 500, {"X-Request-ID": "r7"}))
    assert (await failure(client)).request_id == "r7"


async def test_a_redirect_is_not_followed(agent: FakeAgent, client: AsyncClient) -> None:
    agent.on("GET", ROUTE, json_answer({}, 307, {"Location": "/hivesync-desktop-api/api/v1/auth/me"}))
    with pytest.raises(ResponseInvalid, match="redirect"):
        await client.projects.get("p1")
    assert agent.asked("GET", "/api/v1/auth/me") == []


@pytest.mark.parametrize("body", [{}, [], {"id": 1}, "text"], ids=repr)
async def test_an_answer_of_another_shape_is_said_to_be_unreadable(
    agent: FakeAgent, client: AsyncClient, body: object
) -> None:
    agent.on("GET", ROUTE, json_answer(body))
    with pytest.raises(ResponseInvalid, match="can't be read"):
        await client.projects.get("p1")
