"""The API's documentation as a page: made of the OpenAPI document, searchable, without a script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.responses import Response

from hivesync_server.web.pages import page

router = APIRouter(prefix="/api/v1", include_in_schema=False)

_markdown = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True, slots=True)
class _Answer:
    status: str
    text: Markup
    example: str


@dataclass(frozen=True, slots=True)
class _Operation:
    """One entry of the page."""

    method: str
    path: str
    summary: str
    text: Markup
    security: str
    parameters: list[dict[str, Any]]
    body: str
    answers: list[_Answer]

    @property
    def anchor(self) -> str:
        """Give a name for links to it."""
        return f"{self.method.lower()}-{self.path.strip('/').replace('/', '-').translate(_NO_BRACES)}"

    def matches(self, words: list[str]) -> bool:
        """Tell whether every word occurs in it."""
        text = f"{self.method} {self.path} {self.summary} {self.text}".lower()
        return all(word in text for word in words)


_NO_BRACES = str.maketrans("", "", "{}")


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    operations: list[_Operation] = field(default_factory=list)


@router.get("/docs")
async def documentation(request: Request, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show the operations, or those in which all words of `q` occur."""
    document = request.app.openapi()
    words = q.lower().split()
    groups: dict[str, _Group] = {}
    for tag, operation in _operations(document):
        if operation.matches(words):
            groups.setdefault(tag, _Group(tag)).operations.append(operation)
    return page(
        "docs.html",
        version=document["info"]["version"],
        introduction=_rendered(document["info"].get("description", "")),
        query=q,
        groups=list(groups.values()),
        opened=bool(words) and sum(len(group.operations) for group in groups.values()) == 1,
    )


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, _Operation]]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            tag = (described.get("tags") or ["other"])[0]
            yield tag, _operation(method.upper(), path, described)


def _operation(method: str, path: str, described: dict[str, Any]) -> _Operation:
    needs = [name for option in described.get("security", []) for name in option]
    return _Operation(
        method=method,
        path=path,
        summary=described["summary"],
        text=_rendered(described.get("description", "")),
        security=" or ".join(needs),
        parameters=described.get("parameters", []),
        body=_example(described.get("requestBody", {})),
        answers=[
            _Answer(status, _rendered(answer["description"]), _example(answer) if status < "3" else "")
            for status, answer in described["responses"].items()
        ],
    )


def _example(body: dict[str, Any]) -> str:
    for media in body.get("content", {}).values():
        if "example" in media:
            return json.dumps(media["example"], indent=2, ensure_ascii=False)
    return ""


def _rendered(text: str) -> Markup:
    return Markup(_markdown.render(text))  # noqa: S704 - our own docstrings, and raw HTML in them stays text
