"""A desktop's notification service on a session bus of its own: the bus is real, and so are the messages."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jeepney import DBusAddress, Message, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"


@dataclass(frozen=True, slots=True)
class Shown:
    """One notification as it arrived. `actions`: keys and labels in turn."""

    number: int
    program: str
    title: str
    body: str
    actions: list[str]
    hints: dict[str, Any]


@dataclass
class NotificationService:
    """Keeps what is shown; can be clicked. `bus`: the address for DBUS_SESSION_BUS_ADDRESS."""

    bus: str
    capabilities: list[str] = field(default_factory=lambda: ["body", "body-markup", "actions"])
    shown: list[Shown] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    _connection: DBusConnection | None = None

    def titles(self) -> list[str]:
        """Give the titles in the order in which they came."""
        return [each.title for each in self.shown]

    def click(self, number: int) -> None:
        """Do as a user does who clicks it: it is used, and then it is gone."""
        for signal, signature, body in (
            ("ActionInvoked", "us", (number, "default")),
            ("NotificationClosed", "uu", (number, 2)),
        ):
            self._send(new_signal(DBusAddress(_PATH, interface=NAME), signal, signature, body))

    def serve(self) -> None:
        """Own the name, and answer until the connection is closed."""
        self._connection = connection = open_dbus_connection(bus=self.bus)
        connection.send_and_get_reply(message_bus.RequestName(NAME))
        threading.Thread(target=self._answer_all, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Leave the bus."""
        if self._connection is not None:
            self._connection.close()

    def _answer_all(self, connection: DBusConnection) -> None:
        with contextlib.suppress(OSError, ValueError):  # closed
            while True:
                message = connection.receive()
                if message.header.message_type is MessageType.method_call:
                    self._send(self._answer(message))

    def _answer(self, message: Message) -> Message:
        method = message.header.fields[3]
        if method == "GetCapabilities":
            return new_method_return(message, "as", (self.capabilities,))
        if method == "Notify":
            program, _, _, title, body, actions, hints, _ = message.body
            self.shown.append(Shown(len(self.shown) + 1, program, title, body, actions, hints))
            return new_method_return(message, "u", (len(self.shown),))
        if method == "CloseNotification":
            self.closed.append(message.body[0])
        return new_method_return(message)

    def _send(self, message: Message) -> None:
        if self._connection is None:
            raise RuntimeError("the service was not started")
        self._connection.send(message)


@contextlib.contextmanager
def session_bus() -> Iterator[str]:
    """Run a session bus of its own, and give its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        if daemon.stdout is None:
            raise RuntimeError("no pipe")
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()


@contextlib.contextmanager
def notification_service(*, serves: bool = True) -> Iterator[NotificationService]:
    """Run a bus with a notification service; with one that never comes unless it `serves`."""
    with session_bus() as address:
        service = NotificationService(address)
        if serves:
            service.serve()
        try:
            yield service
        finally:
            service.close()
