"""The API's description is complete, true to its own examples, and the same each time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hivesync_dev.paths import ROOT
from hivesync_server.app import create_app
from hivesync_server.settings import load
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    settings = load({"HIVESYNC_DATA_DIR": str(tmp_path_factory.mktemp("data"))})
    return create_app(settings).asgi.openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_valid_openapi(document: dict[str, Any]) -> None:
    validate(document)


def test_every_operation_says_what_it_does_and_what_it_refuses(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["tags"], name
        assert len(operation["summary"]) > 5, name
        errors = {status for status in operation["responses"] if status >= "4"}
        assert "500" in errors, name
        if "{" in name:
            assert {"404", "422"} <= errors, name
        if {"accessToken": []} in operation.get("security", []):
            assert {"401", "403", "429"} <= errors, name
        if "requestBody" in operation:
            assert {"413", "422"} <= errors, name
        for status in errors:
            content = operation["responses"][status]["content"]
            assert list(content) in (["application/problem+json"], ["application/json"]), name


def test_errors_name_the_codes_that_a_route_can_answer(document: dict[str, Any]) -> None:
    responses = document["paths"]["/api/v1/projects/{project_id}"]["patch"]["responses"]

    def codes(status: str) -> list[str]:
        schema = responses[status]["content"]["application/problem+json"]["schema"]
        found: list[str] = schema["allOf"][1]["properties"]["code"]["enum"]
        return found

    assert codes("412") == ["PRECONDITION_FAILED"]
    assert codes("422") == ["IDEMPOTENCY_CONFLICT", "VALIDATION_ERROR"]
    assert codes("401") == ["AUTH_EXPIRED", "AUTH_INVALID", "AUTH_REQUIRED"]
    login = document["paths"]["/api/v1/auth/login"]["post"]
    assert "security" not in login
    assert "412" not in login["responses"]


def test_keys_are_named_only_where_they_open(document: dict[str, Any]) -> None:
    assert {"apiKey": []} in document["paths"]["/api/v1/projects"]["get"]["security"]
    assert document["paths"]["/api/v1/api-keys"]["post"]["security"] == [{"accessToken": []}]


def test_every_json_body_has_an_example_that_its_schema_allows(document: dict[str, Any]) -> None:
    components = {"components": document["components"]}
    for name, operation in operations(document):
        for body in (operation.get("requestBody", {}), *operation["responses"].values()):
            for kind, media in body.get("content", {}).items():
                if "json" not in kind:
                    continue
                problems = list(
                    Draft202012Validator(media["schema"] | components).iter_errors(media["example"])
                )
                assert not list(floats(media["example"])), f"{name}: {media['example']}"
                assert not problems, f"{name}: {problems[0].message} in {json.dumps(media['example'])[:300]}"


def floats(value: Any) -> Iterator[float]:
    """Give the whole numbers that look like others: `1.0` is no size."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from floats(inner)


def test_headers_that_no_endpoint_names_are_told(document: dict[str, Any]) -> None:
    project = document["paths"]["/api/v1/projects/{project_id}"]
    names = {method: {item["name"].lower() for item in project[method]["parameters"]} for method in project}
    assert "if-none-match" in names["get"] - names["patch"]
    assert {"idempotency-key", "if-match"} <= names["patch"]
    assert "idempotency-key" not in names["get"]
    assert "ETag" in project["get"]["responses"]["200"]["headers"]


def test_the_committed_document_is_this_one(document: dict[str, Any]) -> None:
    committed = json.loads((ROOT / "plugins_bridge" / "spec" / "openapi" / "backend.json").read_text("utf-8"))
    assert {name: value for name, value in committed.items() if name != "x-generated"} == document


async def test_the_page_shows_and_finds_operations_without_scripts(client: httpx.AsyncClient) -> None:
    page = await client.get("/api/v1/docs")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "script-src" not in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "/api/v1/projects/{project_id}" in page.text
    found = await client.get("/api/v1/docs", params={"q": "transfer member"})
    assert "/team/transfer" in found.text
    assert "/api/v1/auth/login" not in found.text.partition("<form")[2]
    nothing = await client.get("/api/v1/docs", params={"q": '"><script>alert(1)</script>'})
    assert "Nothing is found" in nothing.text
    assert "<script" not in nothing.text
    assert "/api/v1/docs" in (await client.get("/")).text
