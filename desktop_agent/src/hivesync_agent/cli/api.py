"""`hivesync api`: one call, for scripts and for looking closely."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hivesync_agent.cli.console import Console, console_options, print_json

if TYPE_CHECKING:
    from hivesync import Response


@click.command()
@click.argument("method")
@click.argument("path")
@click.option("--data", metavar="JSON", help="Body: JSON text, @FILE, or - for standard input.")
@click.option("--key", metavar="KEY", help="Idempotency-Key, to repeat a call that may have been done.")
@click.option("--include", is_flag=True, help="Print any answer as it is: status line, headers, body.")
@console_options
def command(
    console: Console, method: str, path: str, data: str | None, key: str | None, include: bool
) -> None:
    """Make one call and print its answer.

    PATH is a path of the backend (`/api/v1/projects`, or shorter `projects`) or of the agent (`/v1/status`).
    With `--include` an answer that refuses is an answer, too: the exit code is 0.
    """
    from hivesync_contract.headers import IDEMPOTENCY_KEY, OFFLINE

    body = _json_body(data)
    with console.client() as client:
        headers = {IDEMPOTENCY_KEY: key} if key else None
        answer = client.request(method, _full_path(path), json=body, headers=headers)
    if include:
        _print_whole(answer)
        return
    answer.raise_for_status()
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


def _print_whole(answer: Response) -> None:
    # The body has been decoded and is in one piece: these headers would say something else.
    framing = {"content-encoding", "content-length", "transfer-encoding"}
    kept = [f"{name}: {value}" for name, value in answer.headers.items() if name.lower() not in framing]
    head = "\r\n".join([f"HTTP/1.1 {answer.status}", *kept, "", ""])
    click.echo(head.encode("latin-1", "replace") + answer.body, nl=False)


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
