"""A browser on our pages: its cookie, its forms' CSRF token, and who is signed in there."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hivesync_contract.errors import ErrorCode, HiveSyncError
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from hivesync_server.auth.refresh_tokens import token_hash
from hivesync_server.auth.tables import UserRow, WebSessionRow
from hivesync_server.settings.groups import HttpSettings, TokenSettings

LIFE = timedelta(minutes=30)
CODE_LIFE = timedelta(minutes=5)
"""For the second step of a sign-in."""

_ADMIN_PATH = re.compile(r"/admin(/|$)")
_INFO = b"hivesync/csrf/v1/"


class Desk(StrEnum):
    """Whose pages a cookie is for: who signs in to connect an editor has not opened the admin pages."""

    PERSON = "hivesync_web"
    ADMIN = "hivesync_admin"


class FormRefused(HiveSyncError):
    """The form was not sent from our own page in this browser."""

    code = ErrorCode.FORBIDDEN


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser, known by a random cookie that scripts can't read."""

    token: str
    csrf: str
    desk: Desk = Desk.PERSON

    def remember(self, response: Response, http: HttpSettings) -> Response:
        """Set the cookie. `Lax`, since people come by links from elsewhere; admins must not (`Strict`)."""
        response.set_cookie(
            _cookie_name(http, self.desk),
            self.token,
            max_age=int(LIFE.total_seconds()),
            secure=http.secure_cookies,
            httponly=True,
            samesite="strict" if self.desk is Desk.ADMIN else "lax",
        )
        return response

    def renewed(self, tokens: TokenSettings) -> Browser:
        """Give a fresh cookie: after a sign-in nobody may know the one from before."""
        return _browser(secrets.token_urlsafe(32), tokens, self.desk)


def browser_of(request: Request, http: HttpSettings, tokens: TokenSettings) -> Browser:
    """Give the browser that sends this request, a new one if it has no cookie yet."""
    desk = Desk.ADMIN if _ADMIN_PATH.match(request.scope["path"]) else Desk.PERSON
    known = request.cookies.get(_cookie_name(http, desk))
    return _browser(known or secrets.token_urlsafe(32), tokens, desk)


def check_form(request: Request, browser: Browser, csrf: str, base_url: str) -> None:
    """Raise `FormRefused` unless this form came from our own page, shown to this very browser."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", base_url)
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if site not in {"same-origin", "none"} or origin not in {base_url, own}:
        raise FormRefused("This form can only be sent from HiveSync's own page.")
    if not hmac.compare_digest(browser.csrf.encode(), csrf.encode()):
        raise FormRefused("The page was open for too long; go back, reload it and try again.")


@dataclass(frozen=True, slots=True)
class WebSessions:
    """Who is signed in in which browser."""

    session: AsyncSession
    now: datetime

    async def user(self, browser: Browser, *, awaits_code: bool = False) -> UserRow | None:
        """Give the user of a browser, if one is signed in; with `awaits_code`, one who is halfway there."""
        query = select(UserRow).join(WebSessionRow, WebSessionRow.user_id == UserRow.id)
        return await self.session.scalar(
            query.where(
                WebSessionRow.token_hash == token_hash(browser.token),
                WebSessionRow.awaits_code == awaits_code,
                WebSessionRow.expires_at > self.now,
            )
        )

    async def sign_in(self, browser: Browser, user: UserRow, *, awaits_code: bool = False) -> None:
        """Note that `user` has signed in in this browser, or has only given the password so far."""
        row = WebSessionRow(token_hash=token_hash(browser.token), user_id=user.id, awaits_code=awaits_code)
        row.expires_at = self.now + (CODE_LIFE if awaits_code else LIFE)
        self.session.add(row)

    async def stay(self, browser: Browser) -> None:
        """Count the time without use anew."""
        mine = WebSessionRow.token_hash == token_hash(browser.token), ~WebSessionRow.awaits_code
        await self.session.execute(update(WebSessionRow).where(*mine).values(expires_at=self.now + LIFE))

    async def sign_out(self, browser: Browser) -> None:
        """Forget the browser."""
        await self.session.execute(
            delete(WebSessionRow).where(WebSessionRow.token_hash == token_hash(browser.token))
        )


def _browser(token: str, tokens: TokenSettings, desk: Desk) -> Browser:
    key = hashlib.sha256(_INFO + tokens.keys[0].reveal().encode()).digest()
    return Browser(token, hmac.new(key, token.encode(), hashlib.sha256).hexdigest(), desk)


def _cookie_name(http: HttpSettings, desk: Desk) -> str:
    # The prefix keeps other hosts of the same domain from setting it (RFC 6265bis §4.1.3); it needs https.
    return f"__Host-{desk.value}" if http.secure_cookies else desk.value
