"""The icon with its menu. Everything that takes time runs in a thread, so the menu always opens."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hivesync
from hivesync.private_files import private_folder
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewState

from hivesync_agent.tray import actions
from hivesync_agent.tray.login_item import LoginItem
from hivesync_agent.tray.news import News, failure
from hivesync_agent.tray.notify import notifier
from hivesync_agent.tray.picture import picture
from hivesync_agent.tray.view import NO_AGENT, View, folder_name, preview_title
from hivesync_agent.tray.watch import Watch, new_client


class Tray:
    """One icon for one profile."""

    def __init__(self, pystray: Any, profile: str | None) -> None:
        self._pystray = pystray
        self._profile = profile
        self._view = NO_AGENT
        self._said = ""
        self._codes: list[Path] = []
        self._login = LoginItem(profile)
        self._watch = Watch(profile, self._show, self._announce)
        self.icon = pystray.Icon(
            "hivesync", picture(NO_AGENT.mood), "HiveSync", menu=pystray.Menu(self._items)
        )
        self._notifier = notifier(self.icon)

    def run(self) -> None:
        """Show the icon until the user quits, or SIGTERM; must be the main thread."""
        signal.signal(signal.SIGTERM, lambda *_: self.icon.stop())
        try:
            self.icon.run(setup=self._begin)
        finally:
            self._notifier.close()
            for code in self._codes:
                code.unlink(missing_ok=True)

    def _begin(self, icon: Any) -> None:
        icon.visible = True
        self._in_background(self._start_agent)
        self._watch.start()

    def _start_agent(self) -> None:
        started = actions.command(self._profile, "agent", "start")
        if not started.succeeded:
            self._say(started.words)

    def _show(self, view: View) -> None:
        self._view = view
        self.icon.icon = picture(view.mood)
        self.icon.title = f"HiveSync: {view.headline}"
        self.icon.update_menu()

    def _say(self, words: str) -> None:
        self._announce(News("HiveSync", words))

    def _announce(self, news: News) -> None:
        """Show a notification; in the menu where the desktop has none."""
        clicked = (lambda: self._show_code(news.preview_id)) if news.preview_id else None
        in_background = (lambda: self._in_background(clicked)) if clicked else None
        is_shown = self._notifier.show(news.title, news.text, in_background)
        self._said = "" if is_shown else news.text.splitlines()[0]
        self.icon.update_menu()

    def _items(self) -> Iterator[Any]:
        view, line = self._view, self._pystray.Menu.SEPARATOR
        for words in (view.headline, view.account, view.waiting, self._said):
            if words:
                yield self._text(words)
        yield line
        if view is NO_AGENT:
            yield self._action("Start the agent", self._start_agent)
        else:
            yield from self._agent_items(view)
        yield line
        yield self._action("Collect logs", lambda: self._say(actions.collect_logs(self._profile)))
        yield self._action("Start at login", self._toggle_login, checked=lambda _: self._login.is_on())
        yield self._pystray.MenuItem("Quit", lambda icon, _: icon.stop())

    def _agent_items(self, view: View) -> Iterator[Any]:
        yield self._submenu("Connected editors", [self._text(name) for name in view.editors], "None")
        yield self._submenu("Recent previews", [self._preview(shown) for shown in view.previews], "None yet")
        yield self._action("Open dashboard", lambda: self._open_dashboard(view))
        yield self._pystray.Menu.SEPARATOR
        if view.signed_in:
            yield self._action("Sign out", self._calling(lambda client: client.agent.logout()))
        else:
            yield self._action("Sign in…", self._calling(lambda client: self._say(actions.sign_in(client))))
        if view.paused:
            yield self._action("Resume", self._calling(lambda client: client.agent.resume()))
        else:
            yield self._action("Pause", self._calling(lambda client: client.agent.pause()))

    def _preview(self, shown: LocalPreview) -> Any:
        if shown.state is PreviewState.FAILED:
            words = f"{folder_name(shown)}: {failure(shown)}"
            return self._action(preview_title(shown), lambda: self._say(words))
        if shown.state is PreviewState.READY:
            return self._action(preview_title(shown), lambda: self._show_code(shown.id))
        return self._text(preview_title(shown))

    def _show_code(self, preview_id: str) -> None:
        with new_client(self._profile) as client:
            # Asked for now: the link of an older preview has expired, and its code comes with this answer.
            shown = client.previews.get(preview_id)
            code = actions.show_code(shown, private_folder(client.locations.runtime))
        self._codes += [code] if code else []

    def _open_dashboard(self, view: View) -> None:
        if words := actions.open_dashboard(view.server_url):
            self._say(words)

    def _toggle_login(self) -> None:
        self._say(self._login.toggle())

    def _calling(self, call: Callable[[hivesync.Client], object]) -> Callable[[], None]:
        def run() -> None:
            with new_client(self._profile) as client:
                call(client)

        return run

    def _in_background(self, work: Callable[[], object]) -> None:
        def run() -> None:
            try:
                work()
            except HiveSyncError as error:
                self._say(error.detail)
            self._watch.look_again()
            self.icon.update_menu()

        threading.Thread(target=run, name="tray-action", daemon=True).start()

    def _text(self, words: str) -> Any:
        return self._pystray.MenuItem(words, None, enabled=False)

    def _action(self, words: str, work: Callable[[], object], checked: Any = None) -> Any:
        return self._pystray.MenuItem(words, lambda *_: self._in_background(work), checked=checked)

    def _submenu(self, words: str, items: list[Any], empty: str) -> Any:
        menu = self._pystray.Menu(*(items or [self._text(empty)]))
        return self._pystray.MenuItem(words, menu)
