"""The tray's way into the desktop: pystray with a backend that shows menus, or words on what is missing."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hivesync_contract.errors import HiveSyncError

_DISTRIBUTIONS = Path("/usr/lib/python3/dist-packages")


class TrayUnavailable(HiveSyncError):
    """This desktop, or this installation, has no tray; the detail says what to install."""


def load() -> Any:
    """Give pystray; raise `TrayUnavailable`."""
    if sys.platform == "linux":
        _need_display()
        _find_gtk()
    try:
        import PIL  # noqa: F401 - the icon needs it, and says so here rather than in the middle
        import pystray
    except ImportError as error:
        raise TrayUnavailable(
            f"The tray is not installed ({error.name}): pip install 'hivesync-agent[tray]'"
        ) from None
    if not pystray.Icon.HAS_MENU:
        raise TrayUnavailable(
            "This Python has no GTK, so the icon could show no menu: "
            "apt install python3-gi gir1.2-ayatanaappindicator3-0.1 (or pip install PyGObject)"
        )
    return pystray


def _need_display() -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise TrayUnavailable("There is no desktop here to show an icon on (DISPLAY is not set).")
    bus = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere") / "bus"
    if not (os.environ.get("DBUS_SESSION_BUS_ADDRESS") or bus.exists()):
        raise TrayUnavailable("The tray needs the desktop's D-Bus session: start it with `dbus-run-session`.")


def _find_gtk() -> None:
    """Let the system's own GTK binding be found from a virtual environment, if it is made for this Python.

    It can't be installed from PyPI without a compiler and headers. Added last, it shadows nothing of ours.
    """
    suffix = sysconfig.get_config_var("EXT_SUFFIX") or ""
    if (_DISTRIBUTIONS / "gi" / f"_gi{suffix}").exists() and str(_DISTRIBUTIONS) not in sys.path:
        sys.path.append(str(_DISTRIBUTIONS))
