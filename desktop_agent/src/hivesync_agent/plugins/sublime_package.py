"""The `.sublime-package` of the Sublime Text plugin.

`python -m hivesync_agent.plugins.sublime_package FOLDER` writes `HiveSync.sublime-package` there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from hivesync_agent.plugins.archive import zip_bytes
from hivesync_agent.plugins.bundled import plugin_folder

NAME = "HiveSync.sublime-package"
_SUFFIXES = frozenset(
    {".py", ".sublime-commands", ".sublime-keymap", ".sublime-menu", ".sublime-settings", ".md"}
)
_NOT_FOR_THE_EDITOR = frozenset({"conformance", "stubs"})


def package_bytes(source: Path) -> bytes:
    """Give the package made of the plugin's folder."""
    return zip_bytes(source, _files(source))


def _files(source: Path) -> Iterator[Path]:
    yield source / ".python-version"
    for file in source.rglob("*"):
        inside = file.relative_to(source)
        if file.suffix in _SUFFIXES and inside.parts[0] not in _NOT_FOR_THE_EDITOR:
            yield file


def main(arguments: list[str]) -> None:
    """Write the package into a folder."""
    target = Path(arguments[0]) / NAME
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(package_bytes(plugin_folder("sublime")))
    print(target)  # noqa: T201 - run by hand


if __name__ == "__main__":
    main(sys.argv[1:])
