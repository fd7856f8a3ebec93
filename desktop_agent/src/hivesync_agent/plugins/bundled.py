"""Where the plugins lie that came with this agent: in its wheel, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from hivesync_contract.errors import ErrorCode, HiveSyncError

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "bundle"
_IN_CHECKOUT = _PACKAGE.parents[3] / "plugins_bridge"


class PluginMissing(HiveSyncError):
    """This build of the agent has no plugin for that editor."""

    code = ErrorCode.NOT_FOUND


def bundle_folder() -> Path:
    """Give the folder that has one folder for each editor."""
    return _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CHECKOUT


def plugin_folder(editor: str) -> Path:
    """Give the folder of an editor's plugin; raise `PluginMissing`."""
    folder = bundle_folder() / editor
    if not folder.is_dir():
        raise PluginMissing(f"This build of HiveSync does not include the plugin for {editor}.")
    return folder
