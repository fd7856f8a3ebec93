"""Limits on what the routes of notifications take; the shapes themselves are the contract's."""

from __future__ import annotations

from typing import Annotated

from hivesync_contract.notifications import (
    Digest,
    NotificationChannels,
    NotificationPatch,
    NotificationSettingsPatch,
    NotificationsRead,
    NotificationType,
)
from pydantic import Field, StrictBool
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT, GivenId

IDS_MAX = 200


@dataclass(frozen=True, slots=True, config=STRICT)
class NotificationPatchBody(NotificationPatch):
    """Body of `PATCH /notifications/{id}`."""

    read: StrictBool


@dataclass(frozen=True, slots=True, config=STRICT)
class NotificationsReadBody(NotificationsRead):
    """Body of `POST /notifications/read`."""

    ids: Annotated[list[GivenId], Field(max_length=IDS_MAX)] | None = None
    up_to: GivenId | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class ChannelsBody(NotificationChannels):
    """One type's channels."""

    type: NotificationType
    in_app: StrictBool
    email: StrictBool


@dataclass(frozen=True, slots=True, config=STRICT)
class NotificationSettingsBody(NotificationSettingsPatch):
    """Body of `PATCH /notifications/settings`."""

    channels: Annotated[list[ChannelsBody], Field(max_length=len(NotificationType))] | None = None  # type: ignore[assignment]
    digest: Digest | None = None
