"""Notifications of the desktop. Where none can be shown the caller is told so, and shows the words itself.

On Linux by org.freedesktop.Notifications itself: pystray's own calls wait in the main loop for a service
that hangs, let one notification replace the other, send names of folders as markup, and know no click.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Callable
from typing import Any, Protocol

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_DEADLINE_MS = 2_000
_ICON_PIXELS = 64


class Notifier(Protocol):
    """What the tray needs of a desktop."""

    def show(self, title: str, text: str, clicked: Callable[[], None] | None) -> bool:
        """Show it; False if this desktop can't. Blocks for seconds at worst: call it from a thread."""

    def close(self) -> None:
        """Take back what can't be clicked any more."""


def notifier(icon: Any) -> Notifier:
    """Give this system's way."""
    return FreedesktopNotifier() if sys.platform == "linux" else PystrayNotifier(icon)


class PystrayNotifier:
    """Windows' balloon and macOS' banner, which know no click."""

    def __init__(self, icon: Any) -> None:
        self._icon = icon

    def show(self, title: str, text: str, clicked: Callable[[], None] | None) -> bool:
        """Show it."""
        if self._icon.HAS_NOTIFICATION:
            self._icon.notify(text, title)
        return bool(self._icon.HAS_NOTIFICATION)

    def close(self) -> None:
        """Do nothing: the system removes them."""


class FreedesktopNotifier:
    """Desktop Notifications Specification 1.2, over the session bus."""

    def __init__(self) -> None:
        from gi.repository import Gio, GLib

        self._gio, self._glib = Gio, GLib
        self._clicks: dict[int, Callable[[], None]] = {}
        self._bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        for signal, handler in (("ActionInvoked", self._on_click), ("NotificationClosed", self._on_closed)):
            self._bus.signal_subscribe(_NAME, _NAME, signal, _PATH, None, Gio.DBusSignalFlags.NONE, handler)

    def show(self, title: str, text: str, clicked: Callable[[], None] | None) -> bool:
        """Show it; False where no service answers in time."""
        try:
            (able,) = self._call("GetCapabilities", None)
            body = html.escape(text, quote=False) if "body-markup" in able else text
            actions = ["default", "Show"] if clicked else []
            shown = ("HiveSync", 0, "", title, body, actions, self._hints(), -1)
            (number,) = self._call("Notify", self._glib.Variant("(susssasa{sv}i)", shown))
        except self._glib.Error:
            return False
        if clicked:
            self._clicks[number] = clicked
        return True

    def close(self) -> None:
        """Take back those that wait for a click."""
        for number in list(self._clicks):
            try:
                self._call("CloseNotification", self._glib.Variant("(u)", (number,)))
            except self._glib.Error:
                return  # the service has gone, and they with it

    def _call(self, method: str, arguments: Any) -> Any:
        flags = self._gio.DBusCallFlags.NONE
        answer = self._bus.call_sync(
            *(_NAME, _PATH, _NAME, method, arguments, None, flags, _DEADLINE_MS, None)
        )
        return answer.unpack()

    def _hints(self) -> dict[str, Any]:
        """Give the icon as pixels: a file would have to outlive the notification."""
        from hivesync_agent.tray.picture import picture
        from hivesync_agent.tray.view import Mood

        side = _ICON_PIXELS
        pixels = (side, side, side * 4, True, 8, 4, picture(Mood.OK, side).tobytes())
        return {"image-data": self._glib.Variant("(iiibiiay)", pixels)}

    def _on_click(self, *arguments: Any) -> None:
        number, _ = arguments[5].unpack()
        if clicked := self._clicks.get(number):
            clicked()

    def _on_closed(self, *arguments: Any) -> None:
        number, _ = arguments[5].unpack()
        self._clicks.pop(number, None)
