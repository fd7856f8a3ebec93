"""A real keychain for tests: gnome-keyring, unlocked, on a session bus of its own. Ends with its bus."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from hivesync_dev.testing import require_tool

HINT = "install it with: apt-get install gnome-keyring dbus"
_START_SECONDS = 20.0
_LIMIT_SECONDS = 30.0
_ITEMS = """
import json, secretstorage
collection = secretstorage.Collection(secretstorage.dbus_init())
print(json.dumps([item.get_attributes()["service"] for item in collection.get_all_items()]))
"""
_LOCK = "import secretstorage; secretstorage.Collection(secretstorage.dbus_init()).lock()"


class SecretService:
    """`environ` is what its clients need."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)

    def unlock(self) -> None:
        """Start an unlocked daemon, in place of one that runs: as at the next login."""
        command = ["gnome-keyring-daemon", "--replace", "--unlock", "--components=secrets"]
        self._run(*command, stdin=b"password")

    def lock(self) -> None:
        """Lock it, as the desktop does after a while."""
        self._run(sys.executable, "-c", _LOCK)

    def services(self) -> list[str]:
        """Give the `service` of every item."""
        found: list[str] = json.loads(self._run(sys.executable, "-c", _ITEMS))
        return sorted(found)

    def _run(self, *command: str, stdin: bytes = b"") -> bytes:
        done = subprocess.run(
            command, input=stdin, env=self.environ, check=True, capture_output=True, timeout=_LIMIT_SECONDS
        )
        return done.stdout


@contextlib.contextmanager
def secret_service(environ: Mapping[str, str]) -> Iterator[SecretService]:
    """Run one for the user that these variables describe, until the block ends."""
    daemon = require_tool("dbus-daemon", HINT)
    require_tool("gnome-keyring-daemon", HINT)
    socket = Path(environ["XDG_RUNTIME_DIR"]) / "bus"
    address = f"unix:path={socket}"
    command = [daemon, "--session", "--nofork", "--nopidfile", "--nosyslog", f"--address={address}"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as bus:
        try:
            end = time.monotonic() + _START_SECONDS
            while not socket.exists():
                if bus.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("dbus-daemon did not start")
                time.sleep(0.01)
            service = SecretService(
                {
                    **environ,
                    "DBUS_SESSION_BUS_ADDRESS": address,
                    "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
                }
            )
            service.unlock()
            yield service
        finally:
            bus.terminate()
