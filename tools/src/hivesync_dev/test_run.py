"""`make test`: pytest and the Worker's vitest, side by side and both to the end, with one summary of both."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from hivesync_dev.node import node_env, npm_command
from hivesync_dev.paths import ROOT, WORKER
from hivesync_dev.system_tools import ensure_tools

_PROCESSES_MAX = 4
"""Each runs servers of its own: a Postgres, an object store, a whole stack."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of one or more JUnit reports; an error outside a test counts as failed."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Summary) -> Summary:
        return Summary(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def main() -> int:
    """Run everything; give exit code 1 if anything failed, or if a suite ran no test at all."""
    ensure_tools()
    with tempfile.TemporaryDirectory(prefix="hivesync-test-") as folder:
        pytest_report, vitest_report = Path(folder) / "pytest.xml", Path(folder) / "vitest.xml"
        codes = _run_both(pytest_report, vitest_report)
        summaries = [read_summary(path) for path in (pytest_report, vitest_report)]
    print(sum(summaries, Summary()), flush=True)
    return 0 if not any(codes) and all(summary.passed for summary in summaries) else 1


def read_summary(path: Path) -> Summary:
    """Count a JUnit report; a missing one (the runner crashed) counts as one failure."""
    if not path.is_file():
        return Summary(failed=1)
    suites = ElementTree.parse(path).iter("testsuite")  # noqa: S314 - our own test runners wrote it
    return sum(map(_count, suites), Summary())


def _count(suite: ElementTree.Element) -> Summary:
    total, failures, errors, skipped = (
        int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    return Summary(max(0, total - failed - skipped), failed, skipped)


def _run_both(pytest_report: Path, vitest_report: Path) -> list[int]:
    """Run both at once, as either leaves a core idle now and then; vitest's output follows pytest's."""
    with ThreadPoolExecutor(1) as beside:
        vitest = beside.submit(_run_vitest, vitest_report)
        pytest_code = _run_pytest(pytest_report)
        vitest_code, output = vitest.result()
    sys.stdout.buffer.write(output)
    return [pytest_code, vitest_code]


def _run_pytest(report: Path) -> int:
    # A file's tests stay together: they share a browser or a stack. Files stay in order, since by default
    # those with one long test come last, when all processes but one have nothing left to do.
    spread = ["-n", str(_processes()), "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", *spread, f"--junit-xml={report}"]
    return subprocess.run(command, cwd=ROOT, env=node_env(), check=False).returncode


def _processes() -> int:
    """Give one for each core: with more, those that measure time or deadlines wait for each other."""
    return min(_PROCESSES_MAX, os.cpu_count() or 1)


def _run_vitest(report: Path) -> tuple[int, bytes]:
    # Not `npm test`, which builds first: `make` has, and pytest's tests read the same files meanwhile.
    reporters = ["--reporter=default", "--reporter=junit", f"--outputFile.junit={report}"]
    command = npm_command("exec", "--", "vitest", "run", *reporters)
    done = subprocess.run(
        command, cwd=WORKER, env=node_env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode, done.stdout


if __name__ == "__main__":
    raise SystemExit(main())
