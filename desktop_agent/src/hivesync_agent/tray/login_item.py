"""The menu's "Start at login": the tray, and the agent as a service where this system has one."""

from __future__ import annotations

from hivesync.locations import Locations
from hivesync.settings import Settings

from hivesync_agent.service.job import Job, new_job
from hivesync_agent.tray.actions import command
from hivesync_agent.tray.at_login import tray_entry


class LoginItem:
    """On if the tray starts at login."""

    def __init__(self, profile: str | None) -> None:
        self._profile = profile
        self._entry = tray_entry()

    def is_on(self) -> bool:
        """Look."""
        return self._entry.exists(self._job())

    def toggle(self) -> str:
        """Switch it on or off; say what is now."""
        return self._off() if self.is_on() else self._on()

    def _on(self) -> str:
        self._entry.add(self._job())
        installed = command(self._profile, "service", "install")
        if installed.succeeded:
            return "HiveSync starts at login from now on."
        # Without a service the tray starts the agent, which is as good until the agent crashes.
        return f"The tray starts at login from now on, and starts the agent. {installed.words}"

    def _off(self) -> str:
        self._entry.remove(self._job())
        removed = command(self._profile, "service", "uninstall")
        # That has ended the agent, which editors may be using just now.
        started = command(self._profile, "agent", "start")
        failed = next((done.words for done in (removed, started) if not done.succeeded), None)
        return failed or "HiveSync no longer starts at login."

    def _job(self) -> Job:
        settings = Settings.from_env(profile=self._profile)
        return new_job(settings.profile, Locations.detect())
