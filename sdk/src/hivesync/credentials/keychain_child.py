"""The child process of `IsolatedKeychain`: a JSON call a line, a JSON answer a line, until input ends.

Knows no network and writes no file. Its answers hold secrets, so they go to its parent's pipe alone.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Any

from hivesync_contract.errors import HiveSyncError

from hivesync.credentials.account import Account
from hivesync.credentials.keychain import Keychain


def main(origin: str, profile: str) -> None:
    """Answer calls about one account's entry."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which may have a token to save
    keychain = Keychain(Account(origin, profile))
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(json.dumps(answer(keychain, *json.loads(line))).encode() + b"\n")
        sys.stdout.buffer.flush()


def answer(keychain: Keychain, name: str, *arguments: str) -> dict[str, Any]:
    """Make one call."""
    calls = {
        "state": keychain.state,
        "read": keychain.read,
        "write": keychain.write,
        "remove": keychain.remove,
    }
    try:
        return {"value": calls[name](*arguments)}  # type: ignore[operator]
    except HiveSyncError as error:
        return {"error": type(error).__name__, "detail": error.detail}


if __name__ == "__main__":
    main(*sys.argv[1:])
