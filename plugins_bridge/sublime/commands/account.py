"""Log In and Log Out. The agent keeps the session; this plugin never sees a password or a token of it."""

from __future__ import annotations

import webbrowser
from typing import Any

import sublime
import sublime_plugin

from ..client.call import PROXY
from ..client.errors import SIGNED_OUT, HiveSyncError
from ..client.links import is_ours
from ..client.plain import one_line
from ..client.session import Session
from ..surface.background import Job
from ..surface.plugin import plugin
from ..surface.sheets import heading, link, open_page, page, soft

_POLL_SECONDS = 1.0


class HivesyncLogInCommand(sublime_plugin.WindowCommand):
    """Signs this machine in: a code is confirmed in the browser."""

    def run(self) -> None:
        """Start the agent if need be, ask it for a code, show it, and wait."""

        def begin(session: Session, job: Job) -> Any:
            if session.mode()[0] != PROXY:
                job.say("starting the agent")
                session.direct.tokens.command.run("agent", "start")
            state = session.get("/v1/session")
            return state if state["signed_in"] else session.change("POST", "/v1/session/login", {})

        plugin().ask(self.window, "signing in", begin, self._show)

    def _show(self, state: Any) -> None:
        if state["signed_in"]:
            _welcome(state)
            return
        pending = state["pending"]
        url = str(pending["verification_uri_complete"])
        if is_ours(url, [state["server_url"]]):
            webbrowser.open(url)
        code = one_line(pending["user_code"], 40)
        hint = "Confirm this code in your browser. If none has opened, open this page on any device:"
        contents = page(heading(code), soft(hint), link(str(pending["verification_uri"])))
        sheet = open_page(self.window, "HiveSync: Log In", contents)

        def done(told: Any) -> None:
            sheet.close()
            _welcome(told)

        plugin().ask(self.window, f"confirm {code} in the browser", _wait, done)


def _wait(session: Session, job: Job) -> Any:
    while True:
        job.pause(_POLL_SECONDS)
        state = session.get("/v1/session")
        if state["signed_in"]:
            return state
        if not state.get("pending"):
            raise HiveSyncError("AUTH_INVALID", state.get("error") or "The sign-in has ended.")


def _welcome(state: Any) -> None:
    name = one_line((state.get("user") or {}).get("username", ""), 40)
    sublime.status_message(f"HiveSync: signed in as {name}. Every editor on this machine is.")
    plugin().refresh()


class HivesyncLogOutCommand(sublime_plugin.WindowCommand):
    """Ends the session of this machine."""

    def run(self) -> None:
        """Ask once, since it signs every editor out."""
        question = "Sign every editor on this machine out of HiveSync?"
        if not sublime.ok_cancel_dialog(question, "Log Out", "HiveSync"):
            return

        def end(session: Session, job: Job) -> Any:
            if session.mode()[0] == PROXY:
                session.change("DELETE", "/v1/session")
            else:
                try:
                    session.direct.tokens.command.run("logout")
                except HiveSyncError as error:
                    if error.code != SIGNED_OUT:
                        raise
            session.direct.tokens.forget()

        plugin().ask(self.window, "signing out", end, self._done)

    def _done(self, told: Any) -> None:
        sublime.status_message("HiveSync: signed out.")
        plugin().refresh()
