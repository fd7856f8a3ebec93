"""Limits on what AI documentation takes, from users and from the Worker; the shapes are the contract's."""

from __future__ import annotations

import hashlib
from typing import Annotated

from hivesync_contract.ai_docs import (
    AiDocsContext,
    AiDocsCreate,
    AiDocsResult,
    Explanation,
    Neighbour,
    Selection,
    Symbol,
)
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT
from hivesync_server.previews.paths import checked_path

_NEIGHBOURS_MAX = 50
_NEIGHBOUR_CHARACTERS = 16 * 1024
_SYMBOLS_MAX = 5_000
_EXPLANATIONS_MAX = 1_000
_CONCEPTS_MAX = 100
_NOTES_MAX = 20
_LINE_MAX = 2**31 - 1


def _text(value: str) -> str:
    # No database takes the first, and UTF-8 has no place for the second.
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("must be text, without NUL and without halves of characters")
    return value


SourcePath = Annotated[str, AfterValidator(checked_path)]
Text = Annotated[str, AfterValidator(_text)]
Name = Annotated[Text, Field(max_length=500)]
LineNumber = Annotated[int, Field(ge=1, le=_LINE_MAX, strict=True)]


@dataclass(frozen=True, slots=True, config=STRICT)
class SelectionBody(Selection):
    """Lines of the file."""

    line_start: LineNumber
    line_end: LineNumber


@dataclass(frozen=True, slots=True, config=STRICT)
class SymbolBody(Symbol):
    """A named part of the file."""

    name: Name
    line_start: LineNumber
    line_end: LineNumber
    container: Name = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class NeighbourBody(Neighbour):
    """A file of the same project."""

    path: SourcePath
    content: Annotated[Text, Field(max_length=_NEIGHBOUR_CHARACTERS)]


@dataclass(frozen=True, slots=True, config=STRICT)
class AiDocsContextBody(AiDocsContext):
    """What is around the file."""

    neighbours: Annotated[list[NeighbourBody], Field(max_length=_NEIGHBOURS_MAX)] = Field(  # type: ignore[assignment]
        default_factory=list
    )
    symbols: Annotated[list[SymbolBody], Field(max_length=_SYMBOLS_MAX)] = Field(  # type: ignore[assignment]
        default_factory=list
    )


@dataclass(frozen=True, slots=True, config=STRICT)
class AiDocsCreateBody(AiDocsCreate):
    """Body of `POST …/ai-docs`."""

    path: SourcePath
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    content: Text
    selection: SelectionBody | None = None
    context: AiDocsContextBody = Field(default_factory=AiDocsContextBody)

    def __post_init__(self) -> None:
        if hashlib.sha256(self.content.encode()).hexdigest() != self.sha256:
            raise ValueError("sha256 is not that of the content")
        if self.selection is None:
            return
        lines = self.content.count("\n") + 1
        if not self.selection.line_start <= self.selection.line_end <= lines:
            raise ValueError(
                f"the selection must lie within lines 1 to {lines}, and not end before it begins"
            )


@dataclass(frozen=True, slots=True, config=STRICT)
class ReportedExplanation(Explanation):
    """An explanation that the Worker reports."""

    symbol: Name
    line_start: LineNumber
    line_end: LineNumber
    text: Annotated[Text, Field(min_length=1, max_length=20_000)]

    def __post_init__(self) -> None:
        if self.line_end < self.line_start:
            raise ValueError("must not end before it begins")


@dataclass(frozen=True, slots=True, config=STRICT)
class ReportedResult(AiDocsResult):
    """The result that the Worker reports: a model wrote it, so nothing of it goes without saying."""

    summary: Annotated[Text, Field(min_length=1, max_length=20_000)]
    key_concepts: Annotated[list[Name], Field(max_length=_CONCEPTS_MAX)]
    explanations: Annotated[list[ReportedExplanation], Field(max_length=_EXPLANATIONS_MAX)]  # type: ignore[assignment]
    engine: Annotated[Text, Field(min_length=1, max_length=64)]
    suggested_diff: Annotated[Text, Field(max_length=512 * 1024)] | None = None
    model: Annotated[Text, Field(max_length=200)] = ""
    fallback: bool = False
    notes: Annotated[list[Name], Field(max_length=_NOTES_MAX)] = Field(default_factory=list)
