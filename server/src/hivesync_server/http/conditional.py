"""`ETag`, `If-None-Match` and `If-Match` (RFC 9110 §13), from the bytes of the answer itself."""

from __future__ import annotations

import hashlib
from typing import Any

from hivesync_contract.errors import ErrorCode, HiveSyncError
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response


class PreconditionFailed(HiveSyncError):
    """The resource is no longer what the client last saw."""

    code = ErrorCode.PRECONDITION_FAILED


def tag_of(body: bytes) -> str:
    """Give the entity tag of an answer's body."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def answer(request: Request, response: Response) -> Response:
    """Tag a successful GET; give 304 when the client has it. Pages and streams pass untouched."""
    is_json = response.headers.get("content-type") == "application/json"
    if request.method != "GET" or response.status_code != 200 or not is_json:
        return response
    tag = tag_of(bytes(response.body))
    response.headers["ETag"] = tag
    if not _names(request.headers.get("if-none-match", ""), tag):
        return response
    kept = {name: value for name, value in response.headers.items() if name not in _BODY_HEADERS}
    return Response(status_code=304, headers=kept)


def check_match(if_match: str | None, resource: Any) -> None:
    """Raise `PreconditionFailed` unless `If-Match` is absent or names `resource` as it now is."""
    if if_match is None:
        return
    if not _names(if_match, tag_of(TypeAdapter(type(resource)).dump_json(resource))):
        raise PreconditionFailed("It was changed by someone else meanwhile; fetch it anew, then change that.")


def _names(header: str, tag: str) -> bool:
    # `W/` is ignored: a proxy that compresses weakens our tags on their way out.
    offered = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in offered or tag in offered


_BODY_HEADERS = frozenset({"content-length", "content-type"})
