"""The icon with its menu. Everything that takes time runs in a thread, so the menu always opens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hivesync.private_files import private_folder
from hivesync_contract.errors import HiveSyncError
from hivesync_contract.previews import PreviewState

from hivesync_agent.tray import actions
from hivesync_agent.tray.picture import picture
from hivesync_agent.tray.view import NO_AGENT, View, preview_title
from hivesync_agent.tray.watch import Watch, new_client


class Tray:
    """One icon for one profile."""

    def __init__(self, pystray: Any, profile: str | None) -> None:
        self._pystray = pystray
        self._profile = profile
        self._view = NO_AGENT
        self._at_login = False
        self._codes: list[Path] = []
        self._watch = Watch(profile, self._show, self._say)
        self.icon = pystray.Icon(
            "hivesync", picture(NO_AGENT.mood), "HiveSync", menu=pystray.Menu(self._items)
        )

    def run(self) -> None:
        """Show the icon until the user quits; must be the main thread."""
        try:
            self.icon.run(setup=self._begin)
        except RuntimeError as error:
            # GLib's: where no notification service runs, pystray can't take its last notification back.
            if "org.freedesktop.Notifications" not in str(error):
                raise
        finally:
            for code in self._codes:
                code.unlink(missing_ok=True)

    def _begin(self, icon: Any) -> None:
        icon.visible = True
        self._in_background(self._start_agent)
        self._watch.start()

    def _start_agent(self) -> None:
        self._at_login, _ = actions.command(self._profile, "service", "status")
        started, words = actions.command(self._profile, "agent", "start")
        if not started:
            self._say("HiveSync", words)
        self._watch.look_again()

    def _show(self, view: View) -> None:
        self._view = view
        self.icon.icon = picture(view.mood)
        self.icon.title = f"HiveSync: {view.headline}"
        self.icon.update_menu()

    def _say(self, title: str, text: str) -> None:
        if self.icon.HAS_NOTIFICATION:
            self.icon.notify(text, title)

    def _items(self) -> Iterator[Any]:
        view, line = self._view, self._pystray.Menu.SEPARATOR
        yield self._text(view.headline)
        if view.account:
            yield self._text(view.account)
        yield line
        if view is NO_AGENT:
            yield self._action("Start the agent", self._start_agent)
        else:
            yield from self._agent_items(view)
        yield line
        yield self._action("Start at login", self._toggle_login, checked=lambda _: self._at_login)
        yield self._pystray.MenuItem("Quit", lambda icon, _: icon.stop())

    def _agent_items(self, view: View) -> Iterator[Any]:
        yield self._submenu("Connected editors", [self._text(name) for name in view.editors], "None")
        yield self._submenu("Recent previews", [self._preview(shown) for shown in view.previews], "None yet")
        yield self._action("Open dashboard", lambda: actions.open_dashboard(view.server_url))
        yield self._pystray.Menu.SEPARATOR
        if view.signed_in:
            yield self._action("Sign out", self._calling(lambda client: client.agent.logout()))
        else:
            yield self._action("Sign in…", self._calling(lambda client: self._tell(actions.sign_in(client))))
        pause = (
            (lambda client: client.agent.resume()) if view.paused else (lambda client: client.agent.pause())
        )
        yield self._action("Resume" if view.paused else "Pause", self._calling(pause))

    def _preview(self, shown: Any) -> Any:
        is_ready = shown.state is PreviewState.READY
        return self._pystray.MenuItem(
            preview_title(shown),
            lambda *_: self._in_background(lambda: self._show_code(shown)),
            enabled=is_ready,
        )

    def _show_code(self, shown: Any) -> None:
        with new_client(self._profile) as client:
            folder = private_folder(client.locations.runtime)
        self._codes.append(actions.show_code(shown, folder))

    def _toggle_login(self) -> None:
        done, words = actions.command(self._profile, "service", "uninstall" if self._at_login else "install")
        self._at_login = self._at_login != done
        self._tell(words)

    def _tell(self, words: str) -> None:
        self._say("HiveSync", words)

    def _calling(self, call: Callable[[Any], object]) -> Callable[[], None]:
        def run() -> None:
            with new_client(self._profile) as client:
                call(client)

        return run

    def _in_background(self, work: Callable[[], object]) -> None:
        def run() -> None:
            try:
                work()
            except HiveSyncError as error:
                self._tell(error.detail)
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
