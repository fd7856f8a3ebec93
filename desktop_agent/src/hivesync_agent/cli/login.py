"""`hivesync login`: by device code in a browser, or with a password on a machine without one."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.browser import open_ours
from hivesync_agent.cli.console import Console, console_options

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.identity import User
    from hivesync_contract.local_api import Session

_POLL_SECONDS = 0.5


class SignInFailed(HiveSyncError):
    """The sign-in ended without a session."""

    code = ErrorCode.AUTH_REQUIRED


@click.command()
@click.option(
    "--email", "--login", "login", metavar="WHO", help="Email address or username, for a password sign-in."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--no-agent", is_flag=True, help="Do not start the agent; keep the session in the keychain.")
@click.option("--no-browser", is_flag=True, help="Only print the link.")
@click.option(
    "--plaintext-storage",
    is_flag=True,
    help="Agree to a file (0600) for the session, where no keychain exists.",
)
@console_options
def command(
    console: Console,
    login: str | None,
    password_stdin: bool,
    no_agent: bool,
    no_browser: bool,
    plaintext_storage: bool,
) -> None:
    """Sign in once on this machine; every editor then works."""
    if password_stdin and login is None:
        raise click.UsageError("--password-stdin needs --email.")
    password = _password(password_stdin) if login else ""
    if plaintext_storage:
        _consent(console)
    with console.client() as client:
        by_agent = agent_process.is_running(client)
        if not by_agent and not no_agent:
            agent_process.ensure_running(console, client)
            by_agent = True
        way = _ByAgent(console, client) if by_agent else _Direct(console, client)
        way.opens_browser = not no_browser and not console.as_json and sys.stdout.isatty()
        user = way.with_password(login, password) if login else way.with_device_code()
        stored_in = way.stored_in()
    if stored_in == "memory":
        console.warn("There is no usable keychain here, so the session ends with the agent.")
    console.result(
        {"user": user, "stored_in": stored_in, "server_url": client.settings.server_url},
        [f"Signed in as {user.email} ({user.username})."],
    )


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, err=True)
    return password


def _consent(console: Console) -> None:
    from hivesync.locations import Locations
    from hivesync.preferences import Preferences

    locations = Locations.detect()
    Preferences(plaintext_credentials=True).save(locations)
    console.warn(f"The session will be kept as plain text under {locations.state}, readable by you alone.")


class _Way:
    """One of the two ways to sign in."""

    opens_browser = False

    def __init__(self, console: Console, client: Client) -> None:
        self._console = console
        self._client = client

    def _show(self, user_code: str, link: str) -> None:
        self._console.note(f"Open {link}\nand confirm the code {click.style(user_code, bold=True)}")
        if self.opens_browser and not open_ours(link, [self._client.settings.server_url]):
            self._console.note("(The link is not opened by itself.)")
        self._console.note("Waiting for you …")


class _ByAgent(_Way):
    """The agent signs in and keeps the session."""

    def with_password(self, login: str, password: str) -> User:
        return _user(self._client.agent.login_password(login, password))

    def with_device_code(self) -> User:
        session = self._client.agent.session()
        if session.signed_in and session.user:
            return session.user
        session = self._client.agent.login_device()
        if session.pending:
            self._show(session.pending.user_code, session.pending.verification_uri_complete)
        while session.pending and not session.signed_in:
            time.sleep(_POLL_SECONDS)
            session = self._client.agent.session()
        return _user(session)

    def stored_in(self) -> str:
        return self._client.agent.session().stored_in.value


class _Direct(_Way):
    """This process signs in and leaves the session where the agent will find it."""

    def with_password(self, login: str, password: str) -> User:
        return self._client.sign_in.with_password(login, password)

    def with_device_code(self) -> User:
        code = self._client.sign_in.start_device()
        self._show(code.user_code, code.verification_uri_complete)
        return self._client.sign_in.finish_device(code)

    def stored_in(self) -> str:
        return self._client.sign_in.stored_in.value


def _user(session: Session) -> User:
    if session.user is None:
        raise SignInFailed(session.error or "The sign-in ended without a session; try again.")
    return session.user
