"""`python -m hivesync_dev.generate_sync [--check]`: make the SDK's `_sync` from its `_async`.

What is not a matter of spelling stands in `_concurrency.py`, which is written by hand on both sides.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import unasync  # type: ignore[import-untyped]

from hivesync_dev.paths import ROOT

SOURCE = ROOT / "sdk" / "src" / "hivesync" / "_async"
TARGET = ROOT / "sdk" / "src" / "hivesync" / "_sync"
NOTICE = "# Generated from hivesync/_async by `make generate`; do not edit.\n# ruff: noqa: UP028, SIM117\n"
_BY_HAND = {"_concurrency.py"}
_CLASS = re.compile(r"^class (Async\w+)", re.MULTILINE)
_SPELLING = {
    "AnyIOBackend": "SyncBackend",
    "AsyncConnectionPool": "ConnectionPool",
    "AsyncHTTPTransport": "HTTPTransport",
    "AsyncNetworkBackend": "NetworkBackend",
    "AsyncNetworkStream": "NetworkStream",
    "_async": "_sync",
    "aclose": "close",
    "aiter_raw": "iter_raw",
    "drive_async": "drive",
}


def generate(check: bool) -> list[Path]:
    """Write the synchronous files, or with `check` write nothing; give those that were stale."""
    texts = _generated_texts()
    stale = [path for path, text in texts.items() if not _holds(path, text)]
    orphans = [path for path in TARGET.glob("*.py") if path not in texts and path.name not in _BY_HAND]
    if not check:
        for path in stale:
            path.write_text(texts[path], encoding="utf-8")
        for path in orphans:
            path.unlink()
    return stale + orphans


def _generated_texts() -> dict[Path, str]:
    sources = [path for path in sorted(SOURCE.glob("*.py")) if path.name not in _BY_HAND]
    with tempfile.TemporaryDirectory() as folder:
        rule = unasync.Rule(f"{SOURCE}/", f"{folder}/", additional_replacements=_SPELLING | _classes(sources))
        unasync.unasync_files([str(path) for path in sources], [rule])
        return {TARGET / path.name: _finished(Path(folder) / path.name) for path in sources}


def _classes(sources: list[Path]) -> dict[str, str]:
    """Give the names of our own classes: the synchronous ones have no prefix."""
    found = [name for path in sources for name in _CLASS.findall(path.read_text(encoding="utf-8"))]
    return {name: name.removeprefix("Async") for name in found}


def _finished(made: Path) -> str:
    text = NOTICE + _reworded(made.read_text(encoding="utf-8"))
    target = str(TARGET / made.name)
    text = _ruff(["check", "--fix", "--exit-zero", "--quiet", "--stdin-filename", target, "-"], text)
    return _ruff(["format", "--quiet", "--stdin-filename", target, "-"], text)


def _reworded(text: str) -> str:
    """Replace what a change of names can't: types that differ and comments that no longer hold."""
    text = text.replace("Callable[[Post], Awaitable[Answer]]", "Callable[[Post], Answer]")
    text = text.replace("Callable[[], Awaitable[None]]", "Callable[[], None]")
    text = text.replace("import Awaitable, Callable", "import Callable")
    text = text.replace("  # noqa: ASYNC109 - httpcore's interface", "")
    return text.replace(
        "The asynchronous client: the source from which `_sync` is generated.", "The synchronous client."
    )


def _ruff(arguments: list[str], text: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments]
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT)
    return result.stdout


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except FileNotFoundError:
        return False


def main() -> int:
    """Write, or with `--check` only compare; exit code 1 when something is stale."""
    parser = argparse.ArgumentParser(prog="hivesync_dev.generate_sync", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    check = parser.parse_args().check
    stale = generate(check)
    if check:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run `make generate` and commit the result")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
