"""Headers that the house's layers read and write, which no endpoint names."""

from __future__ import annotations

from typing import Any

from hivesync_server.openapi.routes import Operation

_JSON = "application/json"
_TEXT = {"type": "string"}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An `ETag` of an earlier answer; 304 says that it still holds.",
    "schema": _TEXT,
}
_DESCRIPTIONS = {
    "idempotency-key": "Any text, new for each act: a repetition is answered alike and done once.",
    "if-match": "The `ETag` of what is to be changed; 412 says that somebody else was faster.",
    "last-event-id": "The id of the last event that was seen; what came after it follows.",
    "cursor": "`next_cursor` of the page before.",
    "limit": "The longest page that is wanted.",
}


def describe(described: dict[str, Any], operation: Operation) -> None:
    """Add them to an operation."""
    parameters = [
        parameter
        for parameter in described.get("parameters", [])
        if parameter["name"].lower() != "idempotency-key" or operation.changes
    ]
    for parameter in parameters:
        if text := _DESCRIPTIONS.get(parameter["name"]):
            parameter.setdefault("description", text)
    if _is_tagged(described, operation):
        parameters.append(_IF_NONE_MATCH)
        described["responses"]["304"] = {"description": "What the client has still holds."}
        _answer(described)["headers"] = {
            "ETag": {"description": "Names this state, for If-None-Match and If-Match.", "schema": _TEXT}
        }
    if stream := _answer(described).get("content", {}).get("text/event-stream"):
        stream.pop("itemSchema", None)  # a word of OpenAPI 3.2; the document is 3.1
        stream["schema"] = {"type": "string", "description": "Server-sent events, as the WHATWG writes them."}
    if parameters:
        described["parameters"] = parameters
    else:
        described.pop("parameters", None)
    for status, response in described["responses"].items():
        if status == "201":
            response.setdefault("headers", {})["Location"] = {
                "description": "Where it is now, if it has an address of its own.",
                "schema": _TEXT,
            }


def _is_tagged(described: dict[str, Any], operation: Operation) -> bool:
    return (
        operation.method == "GET"
        and operation.is_api_route
        and _JSON in _answer(described).get("content", {})
    )


def _answer(described: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = described["responses"].get("200", {})
    return answer
