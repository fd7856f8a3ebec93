"""`python -m hivesync_dev.check`: run every check, show what failed, and say how to mend the usual ones."""

from __future__ import annotations

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from hivesync_dev.check.steps import Step, all_steps

_REMEDIES = {"format": "make format", "generated files": "make generate", "sync client": "make generate"}


def main() -> int:
    """Run every check of the repository."""
    return run(all_steps())


def run(steps: list[Step]) -> int:
    """Run all steps, as many at once as there are cores; give exit code 1 if any failed."""
    with ThreadPoolExecutor(os.cpu_count()) as cores:
        passed = list(cores.map(_passes, steps))
    failed = [step.name for step, good in zip(steps, passed, strict=True) if not good]
    if not failed:
        print("All checks passed.")
        return 0
    print(f"Failed: {', '.join(failed)}")
    for name in failed:
        if name in _REMEDIES:
            print(f"  {name}: run `{_REMEDIES[name]}` and commit the result")
    return 1


def _passes(step: Step) -> bool:
    began = time.monotonic()
    try:
        result = subprocess.run(
            step.command, cwd=step.folder, env=step.env, capture_output=True, text=True, check=False
        )
        passed, output = result.returncode == 0, result.stdout + result.stderr
    except FileNotFoundError as error:
        # A check that can't run has not passed: a missing tool must not look like a clean tree.
        passed, output = False, f"{error.filename} is missing; run `make setup`."
    told = [f"{'ok  ' if passed else 'FAIL'}  {step.name} ({time.monotonic() - began:.1f} s)\n"]
    if not passed:
        told += [f"      {line}\n" for line in output.strip().splitlines()]
    # In one piece, since others print at the same time.
    print("".join(told), end="", flush=True)
    return passed


if __name__ == "__main__":
    raise SystemExit(main())
