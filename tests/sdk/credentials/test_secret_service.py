"""A real gnome-keyring on a bus of its own: unlocked, locked, and not there at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hivesync_dev.testing import require_tool

HINT = "install it with: apt-get install gnome-keyring dbus"
LIMIT_SECONDS = 60


PROGRAM = r"""
import json, sys, time
import secretstorage
from hivesync.credentials import Account, new_session
from hivesync.credentials.keychain import Keychain
from hivesync_contract.errors import HiveSyncError

def outcome(call):
    begin = time.monotonic()
    try:
        value = call()
    except HiveSyncError as error:
        value = type(error).__name__
    return {"value": getattr(value, "refresh_token", value), "seconds": time.monotonic() - begin}

keychain = Keychain(Account("https://api.example.org", "default"))
report = {"state": keychain.state().value}
report["save"] = outcome(lambda: keychain.save(new_session("r1" * 2000, "u1")))
report["load"] = outcome(keychain.load)
if sys.argv[1] == "then-lock":
    connection = secretstorage.dbus_init()
    secretstorage.Collection(connection).lock()
    report["locked_state"] = keychain.state().value
    report["locked_load"] = outcome(keychain.load)
    report["locked_save"] = outcome(lambda: keychain.save(new_session("r2", "u1")))
    report["locked_erase"] = outcome(keychain.erase)
else:
    report["erase"] = outcome(keychain.erase)
    report["load_after"] = outcome(keychain.load)
print(json.dumps(report))
"""


def on_a_bus(home: Path, *, daemon: str, argument: str) -> dict[str, Any]:
    """Run the program in a session of its own, after the daemon's command."""
    dbus = require_tool("dbus-run-session", HINT)
    require_tool("gnome-keyring-daemon", HINT)
    home.joinpath("run").mkdir(mode=0o700, parents=True)
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
    }
    script = f'{daemon}; exec "$0" -W error -c "$1" "$2"'
    command = [dbus, "--", "sh", "-c", script, sys.executable, PROGRAM, argument]
    result = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )
    assert result.returncode == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    return report


UNLOCKED = "printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null"


def test_an_unlocked_keyring_keeps_the_session(tmp_path: Path) -> None:
    report = on_a_bus(tmp_path / "home", daemon=UNLOCKED, argument="then-erase")
    assert report["state"] == "ok"
    assert report["load"]["value"] == "r1" * 2000
    assert report["erase"]["value"] is None
    assert report["load_after"]["value"] is None


def test_a_locked_keyring_is_told_apart_and_asks_nobody(tmp_path: Path) -> None:
    report = on_a_bus(tmp_path / "home", daemon=UNLOCKED, argument="then-lock")
    assert report["locked_state"] == "locked"
    for step in ("locked_load", "locked_save", "locked_erase"):
        assert report[step]["value"] == "KeychainLocked", step
        assert report[step]["seconds"] < 3, step


@pytest.mark.parametrize("daemon", ["true"], ids=["no daemon started"])
def test_a_keyring_that_was_never_made_is_missing_and_quick(tmp_path: Path, daemon: str) -> None:
    report = on_a_bus(tmp_path / "home", daemon=daemon, argument="then-erase")
    assert report["state"] == "missing"
    assert report["save"]["value"] == "KeychainMissing"
    assert report["save"]["seconds"] < 4
