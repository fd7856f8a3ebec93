"""The summary of `make test` counts what happened, and never hides a crash."""

from __future__ import annotations

from pathlib import Path

from hivesync_dev.test_run import Summary, read_summary

REPORT = """<testsuites>
<testsuite name="a" tests="5" failures="1" errors="1" skipped="1"/>
<testsuite name="b" tests="2" failures="0" errors="0" skipped="0"/>
</testsuites>"""


def test_counts_of_all_suites_are_added(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    assert str(read_summary(path)) == "4 passed, 2 failed, 1 skipped"


def test_a_runner_that_wrote_no_report_has_failed(tmp_path: Path) -> None:
    assert read_summary(tmp_path / "missing.xml") == Summary(failed=1)
