"""What the operator does to single accounts."""

from __future__ import annotations

import sys

import click
from hivesync_contract.identity import Tier

from hivesync_server import operations
from hivesync_server.cli.output import Output, json_option, run, settings


@click.command("set-tier")
@click.argument("login")
@click.argument("tier", type=click.Choice([tier.value for tier in Tier]))
@json_option
def set_tier(login: str, tier: str, as_json: bool) -> None:
    """Give the user LOGIN (email or username) another tier."""
    output = Output(as_json)
    user = run(output, lambda: operations.set_tier(settings(), login, Tier(tier)))
    output.show(f"{user.username} now has the tier {tier}.", id=user.id, username=user.username, tier=tier)


@click.command("create-admin")
@click.argument("email")
@click.argument("username")
@click.option(
    "--password", envvar="HIVESYNC_ADMIN_PASSWORD", help="Else HIVESYNC_ADMIN_PASSWORD, or asked for."
)
@json_option
def create_admin(email: str, username: str, password: str | None, as_json: bool) -> None:
    """Make the owner's account, which may open the admin pages."""
    output = Output(as_json)
    if password is None:
        if as_json or not sys.stdin.isatty():
            output.fail(
                "Set HIVESYNC_ADMIN_PASSWORD: nobody can be asked for a password.", "VALIDATION_ERROR"
            )
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    user = run(output, lambda: operations.create_admin(settings(), email, username, password))
    output.show(f"{user.username} is an admin.", id=user.id, username=user.username, is_admin=True)
