"""Checks of the keys: whether tokens can be made, and whether the former JWT_SECRET may go."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from hivesync_server.adapters.clock import utc_now
from hivesync_server.adapters.db import open_database
from hivesync_server.adapters.sealing import Sealer
from hivesync_server.auth.access_tokens import AccessTokens
from hivesync_server.checks.finding import Finding, fail, ok, skip, warn
from hivesync_server.resealing.service import Resealer, Sealed
from hivesync_server.settings import Settings

_PREVIOUS = "JWT_SECRET_PREVIOUS"


async def keys(settings: Settings) -> list[Finding]:
    """Look whether a token that we sign is one that we take, and which keys still open something."""
    tokens = AccessTokens(settings.tokens, utc_now)
    tokens.read(tokens.mint("check", "check", 0))
    present, *former = settings.tokens.keys
    found = [ok("jwt secret", "Tokens that it signs are taken.")]
    if present in former:
        found = [warn("jwt secret", f"{_PREVIOUS} is the same.", f"Remove {_PREVIOUS}.")]
    database = open_database(settings.database)
    try:
        sealed = await Resealer(database, Sealer(settings.tokens.keys)).count()
    except (DBAPIError, OSError):
        return [*found, skip("sealed", "The database does not answer, or has another schema.")]
    finally:
        await database.close()
    return [*found, _sealed(sealed, bool(former))]


def _sealed(sealed: Sealed, has_former: bool) -> Finding:
    if sealed.unknown:
        detail = (
            f"{sealed.unknown} stored secret(s) open by no key: second factors, webhooks, Slack's address."
        )
        remedy = f"Set {_PREVIOUS} to the JWT_SECRET before this one; else they have to be set up anew."
        return fail("sealed", detail, remedy)
    if sealed.former:
        detail = f"{sealed.former} stored secret(s) still need {_PREVIOUS}."
        return warn(
            "sealed", detail, "Let the server run: it seals them anew within the hour. Then look again."
        )
    if has_former:
        detail = f"{_PREVIOUS} opens nothing any more."
        return warn(
            "sealed", detail, "Remove it, a day after the change: tokens and links of before end with it."
        )
    return ok("sealed", f"JWT_SECRET opens all {sealed.present} stored secret(s).")
