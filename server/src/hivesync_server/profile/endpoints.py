"""Routes of the profile."""

from __future__ import annotations

import re
import zoneinfo
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from hivesync_contract.accounts import Profile
from hivesync_contract.identity import Tier
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.auth.errors import AuthInvalid
from hivesync_server.auth.repository import UserRepository
from hivesync_server.auth.tables import UserRow
from hivesync_server.http import conditional
from hivesync_server.http.fields import STRICT, Line
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.route import ApiRoute
from hivesync_server.resources import TransactionDep

router = APIRouter(
    prefix="/profile", tags=["profile"], route_class=ApiRoute, dependencies=[Depends(idempotent)]
)

_DEFAULTS = {"display_name": "", "locale": "en", "timezone": "UTC"}
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
"""Loosely RFC 5646: what a browser or an editor names as its language."""


def _locale(value: str) -> str:
    if not _LANGUAGE_TAG.fullmatch(value):
        raise ValueError("must be a language tag such as en or pt-BR")
    return value


def _timezone(value: str) -> str:
    if value not in zoneinfo.available_timezones():
        raise ValueError("must be a time zone's name such as Europe/Berlin")
    return value


@dataclass(frozen=True, slots=True, config=STRICT)
class ProfilePatch:
    """Body of `PATCH /profile`, a JSON Merge Patch: what is absent stays, null gives the default back."""

    display_name: Annotated[Line, Field(max_length=80)] | None = None
    locale: Annotated[str, Field(max_length=35), AfterValidator(_locale)] | None = None
    timezone: Annotated[str, Field(max_length=64), AfterValidator(_timezone)] | None = None


@router.get("")
async def get(principal: CurrentPrincipal, transaction: TransactionDep) -> Profile:
    """Give what the user says about themselves."""
    return _shape(await _user(principal.user_id, transaction))


@router.patch("")
async def patch(
    body: ProfilePatch,
    request: Request,
    principal: CurrentPrincipal,
    transaction: TransactionDep,
    if_match: Annotated[str | None, Header()] = None,
) -> Profile:
    """Change it by a JSON Merge Patch."""
    user = await _user(principal.user_id, transaction, lock=True)
    conditional.check_match(if_match, _shape(user))
    for name in await request.json():
        value = getattr(body, name)
        setattr(user, name, _DEFAULTS[name] if value is None else value)
    return _shape(user)


async def _user(user_id: str, transaction: TransactionDep, *, lock: bool = False) -> UserRow:
    users = UserRepository(transaction.session)
    user = await users.locked(user_id) if lock else await users.by_id(user_id)
    if user is None:
        raise AuthInvalid("The account is gone.")
    return user


def _shape(row: UserRow) -> Profile:
    return Profile(
        id=row.id,
        username=row.username,
        email=row.email,
        email_verified=row.email_verified,
        display_name=row.display_name,
        locale=row.locale,
        timezone=row.timezone,
        tier=Tier(row.tier),
        created_at=row.created_at,
    )
