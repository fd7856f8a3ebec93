"""Puts the editors' plugins into the agent's wheel, for `hivesync plugins install`.

An editable install gets none: there the agent finds them beside itself, in the checkout.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUNDLE = "hivesync_agent/plugins/bundle"
_FOLDERS = ("vim", "neovim", "sublime")
_ARCHIVES = ("vscode/*.vsix", "jetbrains/dist/*.zip")
"""What other tools build; a wheel made without them says so when they are asked for."""
_LEFT_OUT = frozenset({".ruff_cache", "__pycache__", "conformance", "stubs", "test", "tests"})


class PluginBundle(BuildHookInterface):  # type: ignore[type-arg]
    """Adds files from beside the distribution's own folder."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name each file and its place in the wheel."""
        if version != "editable":
            build_data["force_include"].update(bundle(Path(self.root).parent / "plugins_bridge"))


def bundle(plugins: Path) -> dict[str, str]:
    """Give the files of all plugins, each with its place in the wheel."""
    files = [file for name in _FOLDERS for file in (plugins / name).rglob("*") if file.is_file()]
    files += [file for pattern in _ARCHIVES for file in plugins.glob(pattern)]
    named = {file: file.relative_to(plugins) for file in files}
    return {
        str(file): f"{_BUNDLE}/{name.as_posix()}"
        for file, name in named.items()
        if not _LEFT_OUT.intersection(name.parts)
    }
