"""Limits on what the routes of notifications take; the shapes themselves are the contract's."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from hivesync_contract.notifications import (
    NotificationChannels,
    NotificationPatch,
    NotificationSettings,
    NotificationsRead,
    NotificationType,
)
from pydantic import AfterValidator, Field, StrictBool
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT

IDS_MAX = 200
_Id = Annotated[str, Field(max_length=36), AfterValidator(lambda value: str(UUID(value)))]


@dataclass(frozen=True, slots=True, config=STRICT)
class NotificationPatchBody(NotificationPatch):
    """Body of `PATCH /notifications/{id}`."""

    read: StrictBool


@dataclass(frozen=True, slots=True, config=STRICT)
class NotificationsReadBody(NotificationsRead):
    """Body of `POST /notifications/read`."""

    ids: Annotated[list[_Id], Field(max_length=IDS_MAX)] | None = None
    up_to: _Id | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class ChannelsBody(NotificationChannels):
    """One type's channels."""

    type: NotificationType
    in_app: StrictBool
    email: StrictBool


@dataclass(frozen=True, slots=True, config=STRICT)
class NotificationSettingsBody(NotificationSettings):
    """Body of `PATCH /notifications/settings`: the types to change; the others stay."""

    channels: Annotated[list[ChannelsBody], Field(max_length=len(NotificationType))]  # type: ignore[assignment]
