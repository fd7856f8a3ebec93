"""`hivesync token`: for editors and scripts that talk to the backend themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_agent.cli.console import Console, console_options

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.identity import BearerToken


class SessionNotShared(HiveSyncError):
    """An agent is signed in, but keeps its session where no other process can read it."""

    code = ErrorCode.AUTH_REQUIRED


@click.command()
@console_options
def command(console: Console) -> None:
    """Print an access token of at most 15 minutes, refreshed under the lock that all clients share."""
    with console.client() as client:
        token = _token(client)
    console.result(token, [token.access_token])


def _token(client: Client) -> BearerToken:
    """Give the token; where the session is out of reach, tell that apart from not being signed in."""
    from hivesync import SignedOut

    try:
        return client.sign_in.bearer_token()
    except SignedOut:
        if _agent_is_signed_in(client):
            raise SessionNotShared(
                "The agent is signed in, but keeps its session in its memory: a token needs a keychain, "
                "or your consent to a file (`hivesync login --plaintext-storage`)."
            ) from None
        raise


def _agent_is_signed_in(client: Client) -> bool:
    try:
        return client.agent.status().signed_in
    except HiveSyncError:
        return False
