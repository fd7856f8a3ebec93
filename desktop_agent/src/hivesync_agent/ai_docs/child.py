"""A file's context, collected in a process of its own: grammars and searches leave nothing in the agent.

Reads one line of JSON (`Question`), writes one (`AiDocsContext`).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
from hivesync_contract.ai_docs import AiDocsContext

from hivesync_agent.ai_docs.neighbours import find_neighbours
from hivesync_agent.ai_docs.symbols import find_symbols
from hivesync_agent.projects.admission import Admission
from hivesync_agent.projects.confined import identity
from hivesync_agent.projects.root import Target


@dataclass(frozen=True, slots=True)
class Question:
    """Whose context: `disk` lies below `root`; `own` are the agent's folders, which are never looked into."""

    root: str
    top: str
    own: list[str]
    disk: str
    content: str


def answer(question: Question) -> AiDocsContext:
    """Give the context."""
    root = Path(question.root)
    own = frozenset(each for each in map(identity, question.own) if each is not None)
    admission = Admission.of(Target(root, Path(question.top)), own)
    return AiDocsContext(
        find_neighbours(root, question.disk, question.content, admission),
        find_symbols(question.disk, question.content),
    )


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    sys.stdout.buffer.write(msgspec.json.encode(answer(asked)))
