"""The `hivesync` command of this machine: it has the session, so that this plugin holds no credential."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any, Mapping

from .errors import SIGNED_OUT, CommandMissing, HiveSyncError, Offline

_SECONDS = 90.0
"""`doctor` waits for whatever is slow."""
_EXIT_SIGNED_OUT, _EXIT_OFFLINE = 3, 4


class HiveSyncCommand:
    """`name`: what the settings call it. Never run through a shell."""

    def __init__(self, environ: Mapping[str, str], name: str = "hivesync") -> None:
        self._environ = dict(environ)
        self._name = name

    def find(self) -> str | None:
        """Give the command's path. Editors started from a desktop often know less of PATH than a shell."""
        name = os.path.expanduser(self._name)
        if os.path.isabs(name):
            return name if os.access(name, os.X_OK) else None
        folders = self._environ.get("PATH", os.defpath).split(os.pathsep)
        folders.append(os.path.expanduser("~/.local/bin"))
        # Never the current folder, where Windows looks first: it may be a project of strangers.
        endings = self._environ.get("PATHEXT", ".EXE;.CMD;.BAT").split(";") if os.name == "nt" else [""]
        paths = (os.path.join(each, name + end) for each in folders if os.path.isabs(each) for end in endings)
        return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), None)

    def run(self, *arguments: str) -> Any:
        """Run it with `--json` and give what it says; raise the `HiveSyncError` that it tells of."""
        path = self.find()
        if path is None:
            raise CommandMissing
        try:
            done = subprocess.run(
                [path, *arguments, "--json"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environ,
                timeout=_SECONDS,
                # No console window flashes up on Windows.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Offline(f"`hivesync {arguments[0]}` took too long.") from None
        except OSError as error:
            raise HiveSyncError("INTERNAL_ERROR", f"{path}: {error.strerror}") from error
        told = _decoded(done.stdout)
        if done.returncode == 0 or _is_diagnosis(told):
            return told
        raise _failure(arguments[0], done.returncode, told)


def _decoded(output: bytes) -> Any:
    try:
        return json.loads(output.decode("utf-8"))
    except ValueError:
        return None


def _is_diagnosis(told: Any) -> bool:
    """`doctor` ends with 1 when it has found something, which is what it was asked for."""
    return isinstance(told, dict) and "findings" in told


def _failure(command: str, exit_code: int, told: Any) -> HiveSyncError:
    known = told if isinstance(told, dict) else {}
    detail = str(known.get("detail") or f"`hivesync {command}` ended with {exit_code}.")
    if exit_code == _EXIT_OFFLINE:
        return Offline(detail)
    code = SIGNED_OUT if exit_code == _EXIT_SIGNED_OUT else str(known.get("code") or "INTERNAL_ERROR")
    return HiveSyncError(code, detail, int(known.get("status") or 0))
