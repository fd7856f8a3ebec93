"""The soak of two servers tells how it gets on, ends when it does not, and fails where anything is wrong."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.soak.server.asking import Ledger
from bench.soak.server.progress import Progress, Stuck
from bench.soak.server.report import Findings, show, write


async def test_a_run_that_no_longer_gets_on_ends_and_says_what_waits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Progress(patience_seconds=0.05, every_seconds=0.01)
    progress.ledger.open["POST /api/v1/projects of ann"] = "503 away"
    progress.turn_to_fault("redis lost")
    with pytest.raises(Stuck, match=r"redis lost; .* of ann \(503 away\)"):
        await progress.run()
    assert capsys.readouterr().out.count("redis lost") > 2


@pytest.mark.parametrize(
    ("wrong", "interrupted", "code", "last_line"),
    [
        ([], False, 0, "Nothing was lost, and nothing was done twice."),
        ([], True, 130, "Nothing was lost, and nothing was done twice."),
        (["lost: task 7"], True, 1, "1 things are wrong."),
    ],
)
def test_the_report_is_written_and_its_exit_code_tells_the_end(
    wrong: list[str],
    interrupted: bool,
    code: int,
    last_line: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    findings = Findings("7", 61.2, Counter({"redis lost": 2}), Ledger(), wrong, interrupted)
    write(findings, tmp_path / "soak.json")
    written = json.loads((tmp_path / "soak.json").read_text())
    assert (written["faults"], written["wrong"]) == ({"redis lost": 2}, wrong)
    assert show(findings) == code
    assert capsys.readouterr().out.splitlines()[-1] == last_line
