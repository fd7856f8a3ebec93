"""Shell completion: the user's own files name our command. They are told, never edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from hivesync_agent.uninstall.report import Left

_STARTED_BY_SHELLS = (".bashrc", ".bash_profile", ".profile", ".zshrc")


def completion_traces(home: Path, environ: Mapping[str, str]) -> Iterator[Left]:
    """Give the files that ask `hivesync` for completion, which fails once the command is gone."""
    for name in _STARTED_BY_SHELLS:
        if "hivesync completion" in _text(home / name):
            yield Left(str(home / name), "a line in it runs `hivesync completion`; remove that line")
    config = environ.get("XDG_CONFIG_HOME") or str(home / ".config")
    fish = Path(config) / "fish" / "completions" / "hivesync.fish"
    if fish.exists():
        yield Left(str(fish), "made for you by `hivesync completion fish`; remove it")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""  # a file that the shell can't read either
