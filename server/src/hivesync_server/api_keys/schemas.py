"""Limits on what API keys take, and their wire form; the shapes themselves are the contract's."""

from __future__ import annotations

from typing import Annotated

from hivesync_contract.api_keys import ApiKey, ApiKeyCreate, ApiKeyScope
from pydantic import AwareDatetime, Field
from pydantic.dataclasses import dataclass

from hivesync_server.api_keys.tables import ApiKeyRow
from hivesync_server.http.fields import STRICT, GivenId, Line

PROJECTS_MAX = 50


@dataclass(frozen=True, slots=True, config=STRICT)
class ApiKeyCreateBody(ApiKeyCreate):
    """Body of `POST /api-keys`."""

    name: Annotated[Line, Field(min_length=1, max_length=120)]
    scope: ApiKeyScope = ApiKeyScope.READ
    project_ids: Annotated[list[GivenId], Field(min_length=1, max_length=PROJECTS_MAX)] | None = None
    expires_at: AwareDatetime | None = None


def api_key_shape(row: ApiKeyRow, project_ids: list[str]) -> ApiKey:
    """Give a key's wire form."""
    return ApiKey(
        id=row.id,
        name=row.name,
        scope=ApiKeyScope(row.scope),
        project_ids=project_ids if row.limited else None,
        hint=row.hint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
