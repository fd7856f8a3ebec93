"""Reading a local request's JSON into a contract shape. Refuses big, slow, malformed and unknown input."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any, TypeVar

import msgspec
from hivesync_contract.errors import FieldError

from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.problems import BadRequest, InvalidInput, TooLarge

T = TypeVar("T")
BODY_BYTES = 1024 * 1024
BODY_SECONDS = 30.0


async def read_json(request: LocalRequest, shape: type[T], *, limit_bytes: int = BODY_BYTES) -> T:
    """Give the body as `shape`, a contract dataclass; an empty body reads as `{}`.

    Raises `TooLarge`, `BadRequest` (408 when it comes too slowly) or `InvalidInput`.
    """
    body = await _read_bounded(request, limit_bytes)
    try:
        raw = msgspec.json.decode(body) if body else {}
    except (msgspec.DecodeError, RecursionError) as exc:
        raise BadRequest("The body is not valid JSON.") from exc
    if not isinstance(raw, dict):
        raise InvalidInput("The body must be a JSON object.")
    _refuse_unknown(raw, shape)
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as exc:
        raise InvalidInput("The body does not fit.", errors=[_field_error(str(exc))]) from exc


async def _read_bounded(request: LocalRequest, limit_bytes: int) -> bytes:
    if (request.length or 0) > limit_bytes:
        raise TooLarge(f"The body is larger than {limit_bytes // 1024} KB.")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.body(limit_bytes)
    except TimeoutError as exc:
        raise BadRequest("The body came too slowly.", status=408) from exc


def _refuse_unknown(raw: dict[str, Any], shape: type[Any]) -> None:
    # A misspelt optional field would otherwise be ignored without a word.
    unknown = sorted(raw.keys() - {field.name for field in dataclasses.fields(shape)})
    if unknown:
        errors = [FieldError(name, "unknown field") for name in unknown]
        raise InvalidInput("The body has unknown fields.", errors=errors)


def _field_error(message: str) -> FieldError:
    # msgspec says: "Expected `str`, got `int` - at `$.path`".
    text, _, place = message.partition(" - at `$")
    return FieldError(place.rstrip("`").lstrip("."), text)
