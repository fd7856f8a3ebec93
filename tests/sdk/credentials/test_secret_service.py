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
from pathlib import Path
import secretstorage
from hivesync.credentials import Account, new_session
from hivesync.credentials.isolated import IsolatedKeychain
from hivesync.credentials.keychain import Keychain
from hivesync_contract.errors import HiveSyncError

def outcome(call):
    begin = time.monotonic()
    try:
        value = call()
    except HiveSyncError as error:
        value = type(error).__name__
    return {"value": getattr(value, "refresh_token", value), "seconds": time.monotonic() - begin}

account, lock_path = Account("https://api.example.org", "default"), Path.home() / "session.lock"
kind = {"in this process": Keychain, "in a child": IsolatedKeychain}[sys.argv[2]]
keychain = kind(account, lock_path=lock_path)
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
keychain.close()
print(json.dumps(report))
"""


def on_a_bus(home: Path, *, daemon: str, argument: str, where: str) -> dict[str, Any]:
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
    script = f'{daemon}; exec "$0" -W error -c "$1" "$2" "$3"'
    command = [dbus, "--", "sh", "-c", script, sys.executable, PROGRAM, argument, where]
    result = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )
    assert result.returncode == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    return report


in_both_ways = pytest.mark.parametrize("where", ["in this process", "in a child"])
UNLOCKED = "printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null"


@in_both_ways
def test_an_unlocked_keyring_keeps_the_session(tmp_path: Path, where: str) -> None:
    report = on_a_bus(tmp_path / "home", daemon=UNLOCKED, argument="then-erase", where=where)
    assert report["state"] == "ok"
    assert report["load"]["value"] == "r1" * 2000
    assert report["erase"]["value"] is None
    assert report["load_after"]["value"] is None


@in_both_ways
def test_a_locked_keyring_is_told_apart_and_asks_nobody(tmp_path: Path, where: str) -> None:
    report = on_a_bus(tmp_path / "home", daemon=UNLOCKED, argument="then-lock", where=where)
    assert report["locked_state"] == "locked"
    for step in ("locked_load", "locked_save", "locked_erase"):
        assert report[step]["value"] == "KeychainLocked", step
        assert report[step]["seconds"] < 3, step


@in_both_ways
def test_a_keyring_that_was_never_made_is_missing_and_quick(tmp_path: Path, where: str) -> None:
    report = on_a_bus(tmp_path / "home", daemon="true", argument="then-erase", where=where)
    assert report["state"] == "missing"
    assert report["save"]["value"] == "KeychainMissing"
    assert report["save"]["seconds"] < 4
