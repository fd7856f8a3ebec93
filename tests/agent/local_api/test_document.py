"""The agent describes itself: what is served is in its OpenAPI document, and the reverse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hivesync_agent.local_api.document import openapi_document
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import get
from hivesync_agent.response import Response
from hivesync_contract.discovery import API_PREFIX
from hivesync_contract.errors import ErrorCode
from hivesync_contract.local_api import AgentStatus
from hivesync_dev.servers.agents import RunningAgent
from hivesync_dev.servers.raw_http import send_raw
from openapi_spec_validator import OpenAPIV31SpecValidator

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOT_IN_THE_TABLE = {"/", "/api/v1/{path}"}
"""Answered by the gate and by the relay."""


@pytest.fixture
async def document(agent: RunningAgent) -> dict[str, Any]:
    """What a running agent says of itself."""
    async with agent.http.get(f"{agent.url}/v1/openapi.json") as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Give every described operation by method and path."""
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if path not in NOT_IN_THE_TABLE
    }


async def test_it_is_a_valid_openapi_document(document: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


async def test_it_is_for_those_with_the_token_only(agent: RunningAgent) -> None:
    head = agent.head(f"GET {API_PREFIX}/v1/openapi.json").replace(agent.token.encode(), b"x" * 43)
    answer = await send_raw(agent.port, head)
    assert answer is not None
    assert answer.status == 401


async def test_every_described_route_is_served_and_no_other_method_is(
    agent: RunningAgent, document: dict[str, Any]
) -> None:
    """A method that is not described is 405, so a route can't be served without its description."""
    described = operations(document)
    for path in {path for _, path in described}:
        allowed = {method for method, known in described if known == path}
        url = agent.url + re.sub(r"{\w+}", "0193a000-0000-7000-8000-00000000ffff", path)
        for method in set(METHODS) - allowed:
            async with agent.http.request(method, url) as answer:
                assert answer.status == 405, (method, path)
        # 405 names exactly what is described: nothing here is called that would do something.
    assert ("GET", "/v1/status") in described


async def test_served_and_described_are_one_table(agent: RunningAgent, document: dict[str, Any]) -> None:
    routes = agent.agent.routes
    served = {(route.method, route.path) for route in routes}
    assert served == set(operations(document))
    assert len(served) == len(routes)


async def test_every_operation_says_what_it_does_and_is_named_once(document: dict[str, Any]) -> None:
    found = operations(document)
    assert [where for where, operation in found.items() if not operation["summary"].endswith(".")] == []
    names = [operation["operationId"] for operation in found.values()]
    assert len(set(names)) == len(names)


async def test_every_operation_names_the_refusals_of_the_gate(document: dict[str, Any]) -> None:
    for operation in operations(document).values():
        assert {"400", "401", "403", "431"} <= operation["responses"].keys()
        assert {"$ref": "#/components/parameters/client"} in operation["parameters"]
    proof = document["paths"]["/"]["get"]
    assert proof["security"] == []


async def test_a_refusal_of_a_route_joins_that_of_the_gate() -> None:
    async def show(request: LocalRequest) -> Response:
        """Show it."""
        raise NotImplementedError

    codes = (ErrorCode.AUTH_REQUIRED, ErrorCode.CONFLICT)
    route = get("/v1/thing/{id}", show, {200: AgentStatus}, errors=codes, query={"n": "how many"})
    operation = openapi_document([route])["paths"]["/v1/thing/{id}"]["get"]
    assert operation["responses"]["409"]["description"] == "`CONFLICT`"
    assert operation["responses"]["401"]["description"].startswith("`AUTH_REQUIRED`. The local token")
    assert [part["name"] for part in operation["parameters"] if "name" in part] == ["id", "n"]
