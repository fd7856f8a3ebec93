"""Signing in by the agent, or without one. Opens no link that leads away from the backend's origin."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import click
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.cli.browser import open_ours
from hivesync_agent.cli.console import Console

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.identity import User
    from hivesync_contract.local_api import Session

_POLL_SECONDS = 0.5


class SignInFailed(HiveSyncError):
    """The sign-in ended without a session."""

    code = ErrorCode.AUTH_REQUIRED


class Way(Protocol):
    """How to sign in, and where the session then lies."""

    def with_password(self, login: str, password: str) -> User: ...

    def with_device_code(self) -> User: ...

    def stored_in(self) -> str: ...


class ByAgent:
    """The agent signs in and keeps the session."""

    def __init__(self, console: Console, client: Client, *, opens_browser: bool) -> None:
        self._console = console
        self._client = client
        self._opens_browser = opens_browser

    def with_password(self, login: str, password: str) -> User:
        return _user_of(self._client.agent.login_password(login, password))

    def with_device_code(self) -> User:
        """Wait until the agent has a session, or says why not. Who is signed in already stays so."""
        session = self._client.agent.session()
        if session.signed_in and session.user:
            return session.user
        session = self._client.agent.login_device()
        if pending := session.pending:
            link = pending.verification_uri_complete
            _show(self._console, pending.user_code, link, session.server_url if self._opens_browser else None)
        while session.pending and not session.signed_in:
            time.sleep(_POLL_SECONDS)
            session = self._client.agent.session()
        return _user_of(session)

    def stored_in(self) -> str:
        return self._client.agent.session().stored_in.value


class Direct:
    """This process signs in and leaves the session where the agent will find it."""

    def __init__(self, console: Console, client: Client, *, opens_browser: bool) -> None:
        self._console = console
        self._client = client
        self._opens_browser = opens_browser

    def with_password(self, login: str, password: str) -> User:
        return self._client.sign_in.with_password(login, password)

    def with_device_code(self) -> User:
        code = self._client.sign_in.start_device()
        origin = self._client.settings.server_url if self._opens_browser else None
        _show(self._console, code.user_code, code.verification_uri_complete, origin)
        return self._client.sign_in.finish_device(code)

    def stored_in(self) -> str:
        return self._client.sign_in.stored_in.value


def _show(console: Console, user_code: str, link: str, open_at: str | None) -> None:
    """Print code and link in any form, since nobody could confirm otherwise; open it at that origin only."""
    click.echo(f"Open {link}\nand confirm the code {click.style(user_code, bold=True)}", err=True)
    if open_at is not None and not open_ours(link, [open_at]):
        console.note("(The link is not opened by itself.)")
    console.note("Waiting for you …")


def _user_of(session: Session) -> User:
    if session.user is None:
        raise SignInFailed(session.error or "The sign-in ended without a session; try again.")
    return session.user
