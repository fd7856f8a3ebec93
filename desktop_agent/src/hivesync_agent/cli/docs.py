"""`hivesync docs`: a file explained by AI, as Markdown."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from hivesync_contract.ai_docs import AI_DOCS_FINAL_STATES, Selection
from hivesync_contract.errors import HiveSyncError

from hivesync_agent.cli import agent_process
from hivesync_agent.cli.console import Console, console_options
from hivesync_agent.cli.documentation import shown

if TYPE_CHECKING:
    from hivesync import Client
    from hivesync_contract.ai_docs import AiDocsError, AiDocsResult, LocalAiDocs

_POLL_SECONDS = 0.3


class DocsFailed(HiveSyncError):
    """There is no documentation, for the reason that the agent or the backend gave."""

    def __init__(self, error: AiDocsError) -> None:
        self.code = error.code  # type: ignore[misc]  # the wire decides which code this one has
        super().__init__(error.message)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--selection", metavar="A:B", help="Lines to explain, counted from 1.")
@click.option("--diff", "only_diff", is_flag=True, help="Print the suggested change alone, for `git apply`.")
@console_options
def command(console: Console, file: Path, selection: str | None, only_diff: bool) -> None:
    """Have a file explained and documented by AI."""
    lines = _selection(selection)
    with console.client() as client:
        agent_process.ensure_running(console, client)
        docs = _until_end(console, client, client.ai_docs.create(file, selection=lines))
    if docs.error is not None:
        raise DocsFailed(docs.error)
    if docs.result is None:
        return
    if only_diff:
        console.result(docs, _diff(console, docs.result))
    else:
        console.result(docs, shown(docs.file, docs.result))


def _diff(console: Console, result: AiDocsResult) -> list[str]:
    if result.suggested_diff:
        return [result.suggested_diff.removesuffix("\n")]
    console.note(" ".join(["No change is suggested.", *result.notes]))
    return []


def _selection(text: str | None) -> Selection | None:
    if text is None:
        return None
    first, _, last = text.partition(":")
    if not (first.isdecimal() and (last or first).isdecimal()):
        raise click.UsageError(f"--selection is A:B, two line numbers, not {text!r}.")
    return Selection(int(first), int(last or first))


def _until_end(console: Console, client: Client, docs: LocalAiDocs) -> LocalAiDocs:
    told = ""
    while docs.state not in AI_DOCS_FINAL_STATES:
        if docs.state != told:
            console.note(docs.state.value)
            told = docs.state
        time.sleep(_POLL_SECONDS)
        docs = client.ai_docs.get(docs.id)
    return docs
