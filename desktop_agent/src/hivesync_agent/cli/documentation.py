"""Shows documentation to people: Markdown in a file or a pipe, with colours at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from hivesync_agent.cli.printable import printable

if TYPE_CHECKING:
    from hivesync_contract.ai_docs import AiDocsResult, Explanation

_DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def shown(file: str, result: AiDocsResult) -> Iterator[str]:
    """Give the documentation line by line."""
    in_diff = False
    for block in _markdown(file, result):
        # A model may have been talked into writing what drives a terminal.
        for line in printable(block, kept="\n\t").split("\n"):
            if line.startswith("```"):
                in_diff = line == "```diff"
            yield _styled(line, in_diff=in_diff)


def _markdown(file: str, result: AiDocsResult) -> Iterator[str]:
    yield f"# {file}\n\n{result.summary}"
    if result.key_concepts:
        yield "\n## Key concepts\n"
        yield from (f"- {concept}" for concept in result.key_concepts)
    if result.explanations:
        yield "\n## Explanations"
        yield from (f"\n### {_place(part)}\n\n{part.text}" for part in result.explanations)
    if result.suggested_diff:
        yield f"\n## Suggested change\n\n```diff\n{result.suggested_diff.rstrip()}\n```"
    model = f", model {result.model}" if result.model else ""
    fallback = " (the usual model could not be had)" if result.fallback else ""
    yield "\n" + " ".join([f"*By {result.engine}{model}{fallback}.*", *result.notes])


def _place(part: Explanation) -> str:
    lines = f"lines {part.line_start}–{part.line_end}"
    if part.line_end == part.line_start:
        lines = f"line {part.line_start}"
    return f"`{part.symbol}`, {lines}" if part.symbol else lines.capitalize()


def _styled(line: str, *, in_diff: bool) -> str:
    if in_diff:
        return click.style(line, fg=_DIFF_COLOURS.get(line[:1]))
    if line.startswith("#"):
        return click.style(line, bold=True)
    return click.style(line, dim=True) if line.startswith(("> ", "*By ")) else line
