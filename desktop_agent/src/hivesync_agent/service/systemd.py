"""Linux: a systemd user unit. Needs the user's own manager (`systemd --user`), and says where none runs."""

from __future__ import annotations

import os
from pathlib import Path

from hivesync_agent.service.autostart import (
    Installed,
    ServiceUnavailable,
    insist,
    profile_in,
    replace_file,
    run,
)
from hivesync_agent.service.job import Job
from hivesync_agent.service.state import ServiceKind, ServiceState
from hivesync_agent.service.unit_text import environment_of, unit_text

_WANTS = "default.target.wants"
_NO_MANAGER = (
    "No systemd user session runs here ({reason}). In a container, let `hivesync agent run` be its command; "
    "over ssh or with `su`, run `loginctl enable-linger` once and sign in anew; "
    "anywhere, `hivesync agent start` starts the agent until the next reboot."
)


class UserUnit:
    """The unit `hivesync-agent.service`, or `hivesync-agent.<profile>.service`."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or _units()

    def install(self, job: Job) -> None:
        """Write, enable and (re)start the unit; raise `ServiceUnavailable` without writing anything."""
        self._need_manager()
        replace_file(self._path(job), unit_text(job).encode())
        self._systemctl("daemon-reload")
        self._systemctl("reset-failed", check=False, unit=job)
        self._systemctl("enable", unit=job)
        self._systemctl("restart", unit=job)

    def uninstall(self, job: Job) -> bool:
        """Stop, disable and remove; without a user manager the files alone, since nothing runs then."""
        path, wanted = self._path(job), self._folder / _WANTS / _name(job)
        existed = path.exists() or wanted.is_symlink()
        if existed and self._refusal() is None:
            self._systemctl("disable", "--now", check=False, unit=job)
            self._systemctl("reset-failed", check=False, unit=job)
        path.unlink(missing_ok=True)
        wanted.unlink(missing_ok=True)
        if existed and self._refusal() is None:
            self._systemctl("daemon-reload")
        return existed

    def start(self, job: Job) -> bool:
        """Start the unit if it is there and can be."""
        if not self._path(job).exists() or self._refusal() is not None:
            return False
        self._systemctl("reset-failed", check=False, unit=job)
        self._systemctl("start", unit=job)
        return True

    def state(self, job: Job) -> ServiceState:
        """Ask systemd; where it can't be asked, the files say what there is."""
        path = self._path(job)
        text = _text(path) if path.exists() else None
        refusal = self._refusal()
        told = {} if refusal else self._properties(job)
        return ServiceState(
            kind=ServiceKind.SYSTEMD,
            path=str(path),
            installed=text is not None,
            enabled=(self._folder / _WANTS / _name(job)).is_symlink(),
            running=told.get("ActiveState") in ("active", "reloading"),
            is_current=text is not None and text == unit_text(job),
            pid=int(told.get("MainPID", "0")) or None,
            detail=_NO_MANAGER.format(reason=refusal) if refusal else _trouble(told),
        )

    def installed(self) -> list[Installed]:
        """Read the units, and the links that a removed one has left."""
        names = {path.name for path in self._folder.glob("hivesync-agent*.service")}
        names |= {path.name for path in (self._folder / _WANTS).glob("hivesync-agent*.service")}
        profiles = {name: profile_in(name, "hivesync-agent", ".service") for name in sorted(names)}
        return [
            Installed(profile, environment_of(_text(self._folder / name)))
            for name, profile in profiles.items()
            if profile is not None
        ]

    def _properties(self, job: Job) -> dict[str, str]:
        names = "ActiveState,MainPID,Result,NRestarts"
        shown = run("systemctl", "--user", "show", f"--property={names}", _name(job)).stdout
        return dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)

    def _need_manager(self) -> None:
        if refusal := self._refusal():
            raise ServiceUnavailable(_NO_MANAGER.format(reason=refusal))

    def _refusal(self) -> str | None:
        """Say why systemd can't be asked; its own exit code also tells of units that failed."""
        result = run("systemctl", "--user", "show-environment")
        return None if result.returncode == 0 else (result.stderr.strip().splitlines() or ["no answer"])[0]

    def _systemctl(self, action: str, *options: str, unit: Job | None = None, check: bool = True) -> None:
        result = run("systemctl", "--user", action, *options, *([_name(unit)] if unit else []))
        if check:
            insist(result)

    def _path(self, job: Job) -> Path:
        return self._folder / _name(job)


def _name(job: Job) -> str:
    return f"hivesync-agent{job.suffix}.service"


def _text(unit: Path) -> str:
    try:
        return unit.read_text("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _units() -> Path:
    config = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(config) if config.startswith("/") else Path.home() / ".config"
    return base / "systemd" / "user"


def _trouble(told: dict[str, str]) -> str:
    if told.get("ActiveState") == "failed":
        return f"It has failed ({told.get('Result')}); `hivesync logs` and `journalctl --user` say why."
    if (restarts := told.get("NRestarts", "0")) != "0":
        return f"It was restarted {restarts} times after a crash."
    return ""
