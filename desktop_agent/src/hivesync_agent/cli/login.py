"""`hivesync login`: by device code in a browser, or with a password on a machine without one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.ways_to_sign_in import ByAgent, Direct, Way

if TYPE_CHECKING:
    from hivesync import Client


@click.command()
@click.option("--email", "--login", "login", metavar="WHO", help="Email or username, to sign in by password.")
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
    opens_browser = not no_browser and not console.as_json and sys.stdout.isatty()
    with console.client() as client:
        way = _way(console, client, no_agent=no_agent, opens_browser=opens_browser)
        user = way.with_password(login, password) if login else way.with_device_code()
        stored_in = way.stored_in()
    if stored_in == "memory":
        console.warn(
            "There is no usable keychain here, so the session ends with the agent; "
            "`hivesync login --plaintext-storage` keeps it in a file."
        )
    answer = {"user": user, "stored_in": stored_in, "server_url": client.settings.server_url}
    console.result(answer, [f"Signed in as {user.email} ({user.username})."])


def _way(console: Console, client: Client, *, no_agent: bool, opens_browser: bool) -> Way:
    """Prefer the agent, and start it unless the user does not want one."""
    if not agent_process.is_running(client):
        if no_agent:
            return Direct(console, client, opens_browser=opens_browser)
        agent_process.ensure_running(console, client)
    return ByAgent(console, client, opens_browser=opens_browser)


def _password(from_stdin: bool) -> str:
    """Ask for it without showing it; refuse where nobody could answer, since the echo can't be turned off."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin is not None and sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, err=True)
    else:
        raise click.UsageError("Standard input is not a terminal: --email needs --password-stdin here.")
    if not password:
        raise click.UsageError("The password is empty.")
    return password


def _consent(console: Console) -> None:
    """Write the user's agreement down; an agent that runs has chosen its store already, so it ends."""
    from hivesync.locations import Locations
    from hivesync.preferences import Preferences

    locations = Locations.detect()
    if not Preferences.load(locations).plaintext_credentials:
        Preferences(plaintext_credentials=True).save(locations)
        with console.client() as client:
            agent_process.stop(client)
    console.warn(f"The session will be kept as plain text under {locations.state}, readable by you alone.")
