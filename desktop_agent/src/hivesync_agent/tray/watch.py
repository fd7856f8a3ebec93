"""Keeps the tray's view true: asks the agent now and then, and listens for what it tells.

Two threads, which end with the process. An agent that is away is tried again for ever; one that was never
asked for is started once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import hivesync
from hivesync_contract.errors import HiveSyncError

from hivesync_agent import VERSION
from hivesync_agent.tray.news import News, Newsroom
from hivesync_agent.tray.view import NO_AGENT, View, view

POLL_SECONDS = 5.0
"""Between two questions while nothing happens: the agent answers from memory."""


def new_client(profile: str | None) -> hivesync.Client:
    """Give a client that the agent lists as the tray."""
    return hivesync.Client(profile=profile, name=f"hivesync-tray/{VERSION}", only=hivesync.Mode.PROXY)


def look(client: hivesync.Client) -> View:
    """Ask the agent once."""
    try:
        return view(client.agent.status(), client.previews.list())
    except HiveSyncError:
        return NO_AGENT


class Watch:
    """Calls `show` with each new view and `tell` with what is worth a notification; from its own threads."""

    def __init__(
        self, profile: str | None, show: Callable[[View], None], tell: Callable[[News], None]
    ) -> None:
        self._profile = profile
        self._show = show
        self._tell = tell
        self._again = threading.Event()

    def start(self) -> None:
        """Begin."""
        for work in (self._poll, self._listen):
            threading.Thread(target=work, name=f"tray-{work.__name__}", daemon=True).start()

    def look_again(self) -> None:
        """Ask the agent now: something was done."""
        self._again.set()

    def _poll(self) -> None:
        last: View | None = None
        with new_client(self._profile) as client:
            while True:
                current = look(client)
                if current != last:
                    self._show(current)
                last = current
                self._again.wait(POLL_SECONDS)
                self._again.clear()

    def _listen(self) -> None:
        newsroom = Newsroom()
        with new_client(self._profile) as client:
            while True:
                try:
                    for event in client.events():
                        self._again.set()
                        if news := newsroom.of(event):
                            self._tell(news)
                except HiveSyncError:
                    self._again.wait(POLL_SECONDS)
