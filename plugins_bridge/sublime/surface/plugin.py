"""What lives as long as the package is loaded: the session, its events, and what is shown of them."""

from __future__ import annotations

import threading
from typing import Any, Callable

import sublime

from ..client.connect import LOCAL_SERVER, connect
from ..client.errors import HiveSyncError
from ..client.events import Event, EventStream
from ..client.session import Session
from .background import Background, Job
from .console import Console
from .diagnostics import Diagnostics
from .facts import find_facts
from .failures import show_failure
from .news import News
from .settings import FILE, PluginSettings, read_settings
from .status import Facts, show_status, show_status_in

_TAG = "hivesync"
_SOON_MILLISECONDS = 300


class Plugin:
    """One for the editor. All of it but `session` belongs to the editor's thread."""

    def __init__(self) -> None:
        self.settings: PluginSettings = read_settings()
        self.facts = Facts()
        self.console = Console()
        self.diagnostics = Diagnostics()
        self.background = Background(self._show)
        self.session: Session | None = None
        self._stream: EventStream | None = None
        self._news = News(self)
        self._is_refreshing = False
        self._wants_refresh = False

    @property
    def server(self) -> str:
        """Give the backend that the agent, or else the environment, names."""
        return self.facts.server_url or self.settings.environ.get("HIVESYNC_SERVER_URL", LOCAL_SERVER)

    def start(self) -> None:
        """Connect by the settings, and by the new ones whenever they change."""
        sublime.load_settings(FILE).add_on_change(_TAG, self._reconnect)
        self._connect()
        self._poll()

    def end(self) -> None:
        """Leave nothing behind: no thread, no text in the status bar."""
        sublime.load_settings(FILE).clear_on_change(_TAG)
        self.background.end()
        self._disconnect()
        show_status("")

    def ask(
        self,
        window: sublime.Window,
        title: str,
        work: Callable[[Session, Job], Any],
        done: Callable[[Any], None],
    ) -> None:
        """Do work that the user waits for; a failure is shown in the window."""
        session = self.session
        if session is None:  # the settings name a server that can't be one; starting again says which
            self._reconnect()
            return
        self.background.run(
            title, lambda job: work(session, job), done, lambda error: show_failure(window, error)
        )

    def refresh(self) -> None:
        """Ask anew for what the status bar shows; several wishes at a time are one question."""
        session = self.session
        self._wants_refresh = True
        if self._is_refreshing or session is None or self.background.ended:
            return
        self._is_refreshing, self._wants_refresh = True, False
        asked = session
        self.background.run(
            "", lambda job: find_facts(asked), self._take_facts, lambda error: self._settled()
        )

    def refresh_soon(self) -> None:
        """Refresh after events that come in bursts."""
        if not self._wants_refresh:
            self._wants_refresh = True
            sublime.set_timeout(self.refresh, _SOON_MILLISECONDS)

    def show_in(self, view: sublime.View) -> None:
        """Show in a view that has come to the front what is known."""
        show_status_in(view, self._text())
        if self.settings.shows_diagnostics:
            self.diagnostics.show_in(view)

    def _take_facts(self, facts: Facts) -> None:
        self.facts = facts
        self._settled()
        self._show()

    def _settled(self) -> None:
        self._is_refreshing = False
        if self._wants_refresh:
            self.refresh()

    def _poll(self) -> None:
        if not self.background.ended:
            self.refresh()
            sublime.set_timeout(self._poll, self.settings.poll_seconds * 1000)

    def _reconnect(self) -> None:
        self._disconnect()
        self.settings = read_settings()
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        try:
            self.session = connect(self.settings.environ, self.settings.platform, self.settings.command)
        except HiveSyncError as error:
            self.facts = Facts(state="wrong settings")
            sublime.error_message(f"HiveSync: {error.detail}")
            return
        self._stream = EventStream(self.session, self._hear)
        threading.Thread(target=self._stream.run, name="hivesync-events", daemon=True).start()

    def _disconnect(self) -> None:
        stream, session = self._stream, self.session
        self._stream = self.session = None
        if stream is not None:
            stream.stop()
        if session is not None:
            session.close()

    def _hear(self, event: Event) -> None:
        """Pass an event on to the editor's thread; this is the stream's."""
        sublime.set_timeout(lambda: None if self.background.ended else self._news.take(event))

    def _text(self) -> str:
        return self.facts.text(self.background.title) if self.settings.shows_status else ""

    def _show(self) -> None:
        show_status(self._text())


_loaded: list[Plugin] = []


def plugin() -> Plugin:
    """Give the plugin that is loaded."""
    return _loaded[0]


def load() -> None:
    """Start it, when the editor has loaded the package."""
    started = Plugin()
    _loaded[:] = [started]
    started.start()


def unload() -> None:
    """End it, before the editor unloads or updates the package."""
    if _loaded:
        _loaded.pop().end()


def is_loaded() -> bool:
    """Tell whether there is one; commands of the palette may come before."""
    return bool(_loaded)
