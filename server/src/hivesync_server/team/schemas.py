"""Limits on what the routes of teams take; the shapes themselves are the contract's."""

from __future__ import annotations

import re
from typing import Annotated

from hivesync_contract.team import InviteCreate, TeamTransfer
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from hivesync_server.auth.schemas import Email, normal_login
from hivesync_server.http.fields import STRICT, GivenId

_USERNAME = re.compile(r"[a-z0-9_-]{3,32}")


def _username(value: str) -> str:
    normal = normal_login(value)
    if not _USERNAME.fullmatch(normal):
        raise ValueError("must be a username")
    return normal


@dataclass(frozen=True, slots=True, config=STRICT)
class InviteBody(InviteCreate):
    """Body of `POST …/team/invites`: one of `email` and `username`."""

    email: Email | None = None
    username: Annotated[str, Field(max_length=64), AfterValidator(_username)] | None = None

    def __post_init__(self) -> None:
        if (self.email is None) == (self.username is None):
            raise ValueError("give either email or username")

    @property
    def login(self) -> str:
        """Give whichever came."""
        return self.email or self.username or ""


@dataclass(frozen=True, slots=True, config=STRICT)
class TransferBody(TeamTransfer):
    """Body of `POST …/team/transfer`."""

    user_id: GivenId
