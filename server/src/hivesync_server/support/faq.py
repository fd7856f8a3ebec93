"""The FAQ, read from its Markdown file: `# Topic`, `## Question {#id}`, `Also: words`, and the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from hivesync_contract.support import FaqEntry

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_QUESTION = re.compile(r"^## (?P<question>.+) \{#(?P<id>[a-z0-9-]+)\}$")
_ALSO = "Also: "


@dataclass(frozen=True, slots=True)
class FaqSource:
    """An entry, and other words for it that are searched and never shown."""

    entry: FaqEntry
    also: str


class FaqInvalid(ValueError):
    """The file is not written as it should be."""


@cache
def load() -> tuple[FaqSource, ...]:
    """Give the FAQ of this release."""
    return tuple(parse(files(__package__).joinpath("faq.md").read_text("utf-8")))


def parse(text: str) -> Iterator[FaqSource]:
    """Give the entries of a file, or raise `FaqInvalid` naming the one that is wrong."""
    topic, seen = "", set()
    for block in re.split(r"^(?=##? )", _COMMENT.sub("", text), flags=re.MULTILINE):
        heading, _, rest = block.strip().partition("\n")
        if heading.startswith("# "):
            topic = heading.removeprefix("# ")
        elif heading:
            source = _entry(topic, heading, rest.strip())
            if source.entry.id in seen:
                raise FaqInvalid(f"{source.entry.id} is there twice")
            seen.add(source.entry.id)
            yield source


def _entry(topic: str, heading: str, rest: str) -> FaqSource:
    match = _QUESTION.match(heading)
    if match is None or not topic:
        raise FaqInvalid(f"no topic, or no id: {heading}")
    also = ""
    if rest.startswith(_ALSO):
        first, _, rest = rest.partition("\n")
        also = first.removeprefix(_ALSO)
    if not rest:
        raise FaqInvalid(f"no answer: {heading}")
    return FaqSource(FaqEntry(match["id"], topic, match["question"], rest.strip()), also)
