"""Check that no file of the repository holds marks of an unsolved merge: most kinds no other tool reads."""

from __future__ import annotations

import subprocess

from hivesync_dev.paths import ROOT

_MARKS = f"^({'<' * 7}|[|]{{7}}|{'>' * 7})( |$)"
"""A line of `=======` is no mark: it underlines titles in some kinds of text."""


def main() -> int:
    """Print the places; exit code 1 if there are any."""
    # Also what git does not track yet; without binary files, and without what is ignored.
    command = ["git", "grep", "--untracked", "--line-number", "-I", "--extended-regexp", _MARKS]
    found = subprocess.run(command, cwd=ROOT, check=False, stderr=subprocess.STDOUT)
    return 0 if found.returncode == 1 else 1


if __name__ == "__main__":
    raise SystemExit(main())
