"""`hivesync api`: one call, for scripts and for looking closely."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from hivesync_agent.cli.console import Console, console_options, print_json


@click.command()
@click.argument("method")
@click.argument("path")
@click.option("--data", metavar="JSON", help="Body: JSON text, @FILE, or - for standard input.")
@console_options
def command(console: Console, method: str, path: str, data: str | None) -> None:
    """Make one call and print its answer.

    PATH is a path of the backend (`/api/v1/projects`, or shorter `projects`) or of the agent (`/v1/status`).
    """
    from hivesync_contract.headers import OFFLINE

    body = _json_body(data)
    with console.client() as client:
        answer = client.request(method, _full_path(path), json=body).raise_for_status()
    if age := answer.headers.get(OFFLINE.lower()):
        console.warn(f"HiveSync can't be reached; this was read {age} s ago.")
    if not answer.body:
        return
    if not console.as_json:
        click.echo(answer.body)
        return
    if "json" in answer.headers.get("content-type", ""):
        print_json(answer.json())
    else:
        print_json({"status": answer.status, "body": answer.body.decode("utf-8", "replace")})


def _full_path(path: str) -> str:
    return path if path.startswith("/") else f"/api/v1/{path}"


def _json_body(data: str | None) -> Any:
    import msgspec

    if data is None:
        return None
    if data == "-":
        text = sys.stdin.buffer.read()
    elif data.startswith("@"):
        text = Path(data[1:]).read_bytes()
    else:
        text = data.encode()
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as exc:
        raise click.UsageError(f"--data is not JSON: {exc}.") from None
