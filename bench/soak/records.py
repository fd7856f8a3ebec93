"""What a client notes down: every change with its outcome, and everything that must not happen."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import IO

import msgspec


class Kind(StrEnum):
    """What is changed. The last is no part of the declared list: it is done at once or not at all."""

    RENAME = "rename"
    FAVORITE = "favorite"
    UNFAVORITE = "unfavorite"
    CREATE = "create"


class Outcome(StrEnum):
    """`DONE` and `QUEUED` were accepted and must be made once; `UNKNOWN` at most once."""

    DONE = "done"
    QUEUED = "queued"
    UNKNOWN = "unknown"


class Change(msgspec.Struct, frozen=True, tag=True):
    """One change, once its outcome is known. `value` is the project's new name, and unique."""

    client: str
    number: int
    kind: Kind
    project: str
    value: str
    outcome: Outcome
    tries: int
    seconds: float


class Violation(msgspec.Struct, frozen=True, tag=True):
    """Something that must never happen."""

    client: str
    what: str


class Tally(msgspec.Struct, frozen=True, tag=True):
    """What a client counted, at its end."""

    client: str
    counts: dict[str, int]


Record = Change | Violation | Tally


class Ledger:
    """One client's file of records, a line each."""

    def __init__(self, path: Path, client: str) -> None:
        self.client = client
        self.counts: Counter[str] = Counter()
        self._file: IO[bytes] = path.open("ab", buffering=0)

    def note(self, record: Record) -> None:
        """Write a record."""
        self._file.write(msgspec.json.encode(record) + b"\n")

    def complain(self, what: str) -> None:
        """Write a violation."""
        self.note(Violation(self.client, what))

    def close(self) -> None:
        """Write the counts, and end."""
        self.note(Tally(self.client, dict(self.counts)))
        self._file.close()


def read_ledgers(folder: Path) -> list[Record]:
    """Give the records of all clients, each client's in order."""
    return [
        msgspec.json.decode(line, type=Record)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_bytes().splitlines()
    ]
