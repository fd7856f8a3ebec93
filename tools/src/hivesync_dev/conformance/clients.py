"""The clients that can be examined by name: each with the command that starts its driver.

Every editor adds its line here. `{root}`, `{python}` and `{node}` are put in.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping

from hivesync_dev.node import NODE
from hivesync_dev.paths import ROOT

CLIENTS: Mapping[str, tuple[str, ...]] = {
    "example": ("{python}", "{root}/examples/plugin-client/conformance_driver.py"),
    "neovim": ("{python}", "-m", "hivesync_dev.editors.driver", "neovim"),
    "sdk": ("{python}", "-m", "hivesync_dev.conformance.drivers.sdk"),
    "sublime": ("{python}", "{root}/plugins_bridge/sublime/conformance/driver.py"),
    "sdk-sync": ("{python}", "-m", "hivesync_dev.conformance.drivers.sdk_sync"),
    "vim": ("{python}", "-m", "hivesync_dev.editors.driver", "vim"),
    "vscode": ("{node}", "{root}/plugins_bridge/vscode/conformance/driver.ts"),
    "jetbrains": ("{python}", "-m", "hivesync_dev.jetbrains.driver"),
}


def command_of(client: str) -> list[str]:
    """Give the command of a client's driver: from the table, else the text itself, split as a shell would."""
    words = CLIENTS.get(client)
    if words is None:
        return shlex.split(client)
    places = {"root": str(ROOT), "python": sys.executable, "node": str(NODE)}
    return [word.format_map(places) for word in words]
