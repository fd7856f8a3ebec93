"""The golden transcripts of the whole product say what real servers answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hivesync_dev.stack.stack import Stack
from hivesync_dev.transcripts.chapters import FOLDER, chapters
from hivesync_dev.transcripts.masking import Mask

WORDS = Mask(frozenset({"detail", "message", "hint"}))
"""What is said to people may be said better at any time; programs go by the rest."""


@pytest.mark.timeout(150)
def test_the_product_answers_as_its_transcripts_say(stack: Stack, tmp_path: Path) -> None:
    for name, chapter in chapters(stack, tmp_path.resolve()).items():
        golden = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
        again = "run `.venv/bin/python -m hivesync_dev.transcripts` and look at what has changed"
        assert WORDS.json(chapter["exchanges"]) == WORDS.json(golden["exchanges"]), again
