"""Limits on what the routes of admins take; the shapes are the contract's."""

from __future__ import annotations

from typing import Annotated

from hivesync_contract.admin import AdminAct, AdminUserPatch
from hivesync_contract.identity import Tier
from pydantic import Field, StrictBool
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT

Password = Annotated[str, Field(max_length=1024)]


@dataclass(frozen=True, slots=True, config=STRICT)
class AdminActBody(AdminAct):
    """Body of acts that need nothing but the password."""

    password: Password


@dataclass(frozen=True, slots=True, config=STRICT)
class AdminUserBody(AdminUserPatch):
    """Body of `PATCH /admin/users/{id}`."""

    password: Password
    tier: Tier | None = None
    disabled: StrictBool | None = None
    email_verified: StrictBool | None = None
