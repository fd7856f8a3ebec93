"""Limits on what webhooks take; the shapes themselves are the contract's. URLs are judged by the dialler."""

from __future__ import annotations

from typing import Annotated

from hivesync_contract.webhooks import WebhookCreate, WebhookPatch
from pydantic import AfterValidator, Field, StrictBool
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT, GivenId, Line
from hivesync_server.webhooks.kinds import SUBSCRIBABLE

EVENTS_MAX = 50


def _known(event: str) -> str:
    if event not in SUBSCRIBABLE:
        raise ValueError("must be a type of event, a group like task.*, or *")
    return event


Events = Annotated[
    list[Annotated[str, Field(max_length=40), AfterValidator(_known)]],
    Field(min_length=1, max_length=EVENTS_MAX),
]
Description = Annotated[Line, Field(max_length=200)]


@dataclass(frozen=True, slots=True, config=STRICT)
class WebhookCreateBody(WebhookCreate):
    """Body of `POST /webhooks`."""

    url: str
    events: Events
    description: Description = ""
    project_id: GivenId | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class WebhookPatchBody(WebhookPatch):
    """Body of `PATCH /webhooks/{id}`: what is absent stays; nothing can be null but the description."""

    url: str | None = None
    events: Events | None = None
    description: Description | None = None
    enabled: StrictBool | None = None
