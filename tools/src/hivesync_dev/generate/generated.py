"""One generated file: where it goes and what it must hold; and the first line that says so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOTICE = "Generated from hivesync_contract by `make generate`; do not edit."


@dataclass(frozen=True, slots=True)
class Generated:
    """A file and its one right content."""

    path: Path
    text: str

    def is_fresh(self) -> bool:
        """Tell whether the file on disk holds exactly this text."""
        try:
            return self.path.read_text(encoding="utf-8") == self.text
        except FileNotFoundError:
            return False

    def write(self) -> None:
        """Write the file, and leave its time alone when nothing changed (build stamps look at it)."""
        if not self.is_fresh():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(self.text, encoding="utf-8")


def json_text(content: dict[str, Any]) -> str:
    """Give JSON whose first line is the notice: JSON has no comments, so it is a `$comment` member."""
    body = json.dumps(content, indent=2, ensure_ascii=False)
    return '{ "$comment": ' + json.dumps(NOTICE) + "," + body.removeprefix("{") + "\n"
