"""`python -m hivesync_dev.transcripts`: record what takes the product. `make generate` makes others."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hivesync_dev.stack.stack import Stack, StackSettings
from hivesync_dev.transcripts.chapters import FOLDER, chapters

_NOTICE = "Recorded by `python -m hivesync_dev.transcripts`; do not edit."


def text_of(chapter: dict[str, Any]) -> str:
    """Give a chapter as its file holds it."""
    return json.dumps({"$comment": _NOTICE, **chapter}, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Start the product in a folder of its own, record, and write."""
    with tempfile.TemporaryDirectory(prefix="hivesync-transcripts-") as name:
        folder = Path(name).resolve()
        project = folder / "trailbook"
        project.mkdir()
        with Stack(StackSettings(folder / "stack")) as stack:
            recorded = chapters(stack, project)
    for name, chapter in recorded.items():
        (FOLDER / f"{name}.json").write_text(text_of(chapter), encoding="utf-8")


if __name__ == "__main__":
    main()
