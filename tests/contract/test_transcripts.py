"""The golden transcripts can be replayed by a client's tests: they hold contract shapes and no secret."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hivesync_contract.errors import ErrorCode
from hivesync_dev.paths import ROOT

FOLDER = ROOT / "plugins_bridge" / "spec" / "transcripts"
CHAPTERS = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
EXCHANGES = [exchange for chapter in CHAPTERS.values() for exchange in chapter["exchanges"]]


def test_there_are_the_chapters_that_the_guide_speaks_of() -> None:
    assert list(CHAPTERS) == ["begin", "direct", "preview", "refusals", "signed-out"]


def test_the_proof_comes_first_and_without_the_token() -> None:
    first = CHAPTERS["begin"]["exchanges"][0]
    assert "nonce=" in first["request"]["target"]
    assert "Authorization" not in first["request"]["headers"]


@pytest.mark.parametrize("exchange", EXCHANGES, ids=[each["why"] for each in EXCHANGES])
def test_every_refusal_is_a_problem_with_a_known_code(exchange: dict[str, Any]) -> None:
    answer = exchange["answer"]
    if answer["status"] >= 400:
        assert answer["headers"]["Content-Type"].startswith("application/problem+json")
        assert answer["body"]["code"] in list(ErrorCode)
        assert answer["body"]["status"] == answer["status"]


def test_each_kind_of_refusal_is_shown() -> None:
    assert {each["answer"]["status"] for each in EXCHANGES} >= {200, 400, 401, 403, 404, 422, 503}


def test_no_secret_and_no_machine_is_in_them() -> None:
    text = json.dumps(CHAPTERS)
    assert re.findall(r"Bearer (?!<token>|<access token>|x{43})", text) == []
    assert re.findall(r"Amz-|#eyJ|@", text) == []
    assert re.findall(r"127\.0\.0\.1:(?!<port>|9\b)", text) == []
