"""One request to the admin pages: a browser that an admin has signed in in, or the way to the sign-in.

The cookie is of these pages alone, `SameSite=Strict`, and ends when it was not used for half an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from hivesync_contract.errors import HiveSyncError
from starlette.responses import Response

from hivesync_server.admin.access import admin_of
from hivesync_server.admin.services import Desk
from hivesync_server.auth.services import AccountsDep
from hivesync_server.http.security_headers import PAGE_POLICY
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.web.browser import WebSessions
from hivesync_server.web.page_route import PageRoute, SignedOut
from hivesync_server.web.pages import page
from hivesync_server.web.visits import Visit, VisitDep

_POLICY = f"{PAGE_POLICY}; script-src 'self'; connect-src 'self'"


class AdminRoute(PageRoute):
    """See `PageRoute`."""

    sign_in = "/admin/sign-in"
    back = ("/admin", "Back to the overview")

    @staticmethod
    def is_momentary(error: HiveSyncError) -> bool:
        """An admin may do something about the others, and is shown what they are."""
        return error.status == 429


@dataclass(frozen=True, slots=True)
class PageDesk:
    """What the pages work with."""

    visit: Visit
    desk: Desk
    accounts: AccountsDep

    async def confirm(self, password: str) -> None:
        """Raise `PasswordWrong` or `TooManyTries` unless it is the admin's own."""
        await self.accounts.confirm(self.desk.admin.user_id, password)

    def show(self, template: str, current: str, **values: Any) -> Response:
        """Give a page; `current` is the entry of the menu that it belongs to."""
        values |= {"admin": self.desk.admin.username, "csrf": self.visit.browser.csrf, "current": current}
        response = page(f"admin/{template}", **values)
        response.headers["Content-Security-Policy"] = _POLICY
        return self.visit.show(response)


async def _page_desk(
    visit: VisitDep, resources: ResourcesDep, transaction: TransactionDep, accounts: AccountsDep
) -> PageDesk:
    # In transactions of its own: that of the request must not hold a lock while a password is hashed.
    async with resources.database.transaction() as own:
        web = WebSessions(own.session, resources.clock())
        user = await web.user(visit.browser)
        if user is None:
            raise SignedOut
        await web.stay(visit.browser)
        admin = await admin_of(own.session, user.id)
    return PageDesk(visit, Desk(admin, resources, transaction, visit.address), accounts)


PageDeskDep = Annotated[PageDesk, Depends(_page_desk)]
