"""The tray's way into the desktop: pystray with a backend that shows menus, or words on what is missing."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hivesync_contract.errors import HiveSyncError

_INSTALL_INDICATOR = "apt install python3-gi gir1.2-ayatanaappindicator3-0.1"
_NO_GTK = (
    f"This Python has no GTK, so the icon could show no menu: {_INSTALL_INDICATOR} (or pip install PyGObject)"
)
DISTRIBUTIONS = Path("/usr/lib/python3/dist-packages")
"""Where Debian keeps its packages of Python."""


class TrayUnavailable(HiveSyncError):
    """This desktop, or this installation, has no tray; the detail says what to install."""


def load() -> Any:
    """Give pystray; raise `TrayUnavailable`."""
    if sys.platform == "linux":
        _need_display()
        _find_gtk()
        _choose_backend()
    try:
        import PIL  # noqa: F401 - the icon needs it, and says so here rather than in the middle
        import pystray
    except ImportError as error:
        if error.name in ("gi", None):
            raise TrayUnavailable(_NO_GTK) from None
        raise TrayUnavailable(
            f"The tray is not installed ({error.name}): pip install 'hivesync-agent[tray]'"
        ) from None
    if not pystray.Icon.HAS_MENU:
        raise TrayUnavailable(_NO_GTK)
    if sys.platform == "linux":
        _leave_notifications_to_us()
    return pystray


class _NoNotifier:
    """In the place of pystray's, which calls the notification service when the icon comes and goes, waits for
    it in the main loop, and fails where there is none: see `notify`.
    """

    def hide(self) -> None:
        """Do nothing: nothing was shown."""


def _leave_notifications_to_us() -> None:
    from pystray._util import notify_dbus

    notify_dbus.Notifier = _NoNotifier


def _need_display() -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise TrayUnavailable("There is no desktop here to show an icon on (DISPLAY is not set).")
    bus = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere") / "bus"
    if not (os.environ.get("DBUS_SESSION_BUS_ADDRESS") or bus.exists()):
        raise TrayUnavailable("The tray needs the desktop's D-Bus session: start it with `dbus-run-session`.")


def _choose_backend() -> None:
    """Let pystray use the panel's own protocol without the indicator library: looking for it, pystray 0.19
    meets an error that it does not expect, and ends. Wayland has no such protocol.
    """
    if "PYSTRAY_BACKEND" in os.environ or _has_indicator():
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        raise TrayUnavailable(f"On this desktop the icon needs a library: {_INSTALL_INDICATOR}")
    os.environ["PYSTRAY_BACKEND"] = "gtk"


def _has_indicator() -> bool:
    try:
        import gi
        from gi.repository import GLib
    except ImportError:
        return False
    GLib.set_prgname("hivesync")  # as windows are named, which would else be by the file that was run
    known = gi.Repository.get_default()
    return any(known.enumerate_versions(name) for name in ("AppIndicator3", "AyatanaAppIndicator3"))


def _find_gtk() -> None:
    """Let the system's own GTK binding be found from a virtual environment, if it is made for this Python.

    It can't be installed from PyPI without a compiler and headers. Added last, it shadows nothing of ours.
    """
    suffix = sysconfig.get_config_var("EXT_SUFFIX") or ""
    if (DISTRIBUTIONS / "gi" / f"_gi{suffix}").exists() and str(DISTRIBUTIONS) not in sys.path:
        sys.path.append(str(DISTRIBUTIONS))
