"""What a command says of a preview that failed: where, why, and the link that says it on the phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from hivesync_agent.cli.console import Console
from hivesync_agent.cli.failures import exit_code_of, problem_of

if TYPE_CHECKING:
    from hivesync_contract.local_api import LocalPreview
    from hivesync_contract.previews import PreviewError


def tell_failure(console: Console, preview: LocalPreview, error: PreviewError) -> int:
    """Say it and give the exit code. The link goes to stdout, as that of a ready preview does."""
    from hivesync import PreviewFailed

    failure = PreviewFailed(error)
    for line in error_lines(error):
        console.note(line)
    console.result(_document(preview, problem_of(failure)), [preview.preview_url] * bool(preview.preview_url))
    console.note(f"code: {error.code}")
    return exit_code_of(failure)


def _document(preview: LocalPreview, problem: dict[str, Any]) -> dict[str, Any]:
    """Give the problem as every failure has it, and what of the preview exists all the same."""
    return {
        **problem,
        "preview_id": preview.preview_id,
        "preview_url": preview.preview_url,
        "error": preview.error,
    }


def error_lines(error: PreviewError) -> Iterator[str]:
    """Give the place in the source as compilers do, so that terminals make it a link; the reason once."""
    place = error.diagnostic
    has_place = place is not None and bool(place.file)
    if place is None or not has_place or place.message not in error.message:
        yield click.style(error.message, fg="red")
    if place is None:
        return
    if has_place:
        position = "".join(f":{number}" for number in (place.line, place.column) if number is not None)
        yield f"{place.file}{position}: {place.message}"
    if place.frame:
        yield place.frame
    if place.hint:
        yield f"hint: {place.hint}"
