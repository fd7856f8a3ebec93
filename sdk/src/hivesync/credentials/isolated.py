"""The keychain, asked in a child process: what `keyring` costs, 20 MB or a hang, goes when the child goes.

The child stays for some seconds, since calls come together, and ends with us. Secrets go through its
standard input and output only, never by its command line or environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from hivesync_contract.errors import HiveSyncError
from hivesync_contract.keychain import KeychainState, SessionStore

from hivesync.credentials import errors
from hivesync.credentials.absence import Absence, touch
from hivesync.credentials.account import Account
from hivesync.credentials.errors import KeychainTimeout, KeychainUnavailable
from hivesync.credentials.keychain import TIME_LIMIT_SECONDS
from hivesync.credentials.session import StoredSession
from hivesync.credentials.store import TextStore

LINGER_SECONDS = 5.0
_START_SECONDS = 10.0
"""What a busy machine may take to start the child; it keeps the keychain's own limit by itself."""

_FAILURES = {
    kind.__name__: kind
    for kind in (
        *(errors.KeychainLocked, errors.KeychainMissing),
        *(errors.KeychainTimeout, errors.KeychainUnavailable),
    )
}


class IsolatedKeychain(TextStore):
    """The keychain entry of one account. Nobody is ever asked to unlock it."""

    kind = SessionStore.KEYCHAIN

    def __init__(
        self,
        account: Account,
        lock_path: Path,
        *,
        limit_seconds: float = TIME_LIMIT_SECONDS + _START_SECONDS,
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        # -P: a `keyring.py` in the working folder is not what we mean.
        self._command = [sys.executable, "-P", "-m", "hivesync.credentials.keychain_child"]
        self._command += [account.origin, account.profile]
        self._lock_path = lock_path
        self._absence = Absence(lock_path)
        self._limit_seconds = limit_seconds
        self._linger_seconds = linger_seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._end: threading.Timer | None = None

    def state(self) -> KeychainState:
        """Tell whether the keychain can be used, without asking the user; never raises."""
        try:
            state = KeychainState(self._ask("state"))
        except KeychainTimeout:
            return KeychainState.TIMEOUT
        except KeychainUnavailable:
            return KeychainState.MISSING
        if state is KeychainState.OK and self._absence.is_failure:
            self._absence.forget()  # it has been unlocked, or installed
        return state

    def load(self) -> StoredSession | None:
        """Give the session. While there is none, the keychain is asked on a change and now and then."""
        if self._absence.holds():
            return None
        stamp = self._absence.stamp()
        try:
            session = super().load()
        except HiveSyncError as error:
            self._absence.remember(stamp, error)
            raise
        if session is None:
            self._absence.remember(stamp, None)
        else:
            self._absence.forget()
        return session

    def read(self) -> str | None:
        """Give the entry's text, None if there is none; raise if the keychain can't be asked."""
        text: str | None = self._ask("read")
        return text

    def write(self, text: str) -> None:
        """Store the text and read it back, or raise."""
        self._ask("write", text)
        touch(self._lock_path)

    def remove(self) -> None:
        """Remove the entry and its parts."""
        self._ask("remove")
        touch(self._lock_path)

    def close(self) -> None:
        """End the child, if one lingers."""
        with self._lock:
            self._end_child()

    def _ask(self, *call: str) -> Any:
        with self._lock:
            if self._end is not None:
                self._end.cancel()
            answer = self._exchange(json.dumps(call).encode() + b"\n")
            self._end = threading.Timer(self._linger_seconds, self.close)
            self._end.daemon = True
            self._end.start()
        if kind := _FAILURES.get(answer.get("error", "")):
            raise kind(answer["detail"])
        return answer["value"]

    def _exchange(self, line: bytes) -> dict[str, Any]:
        child = self._running_child()
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("no pipes")
        expired = threading.Timer(self._limit_seconds, child.kill)
        expired.daemon = True
        expired.start()
        try:
            child.stdin.write(line)
            child.stdin.flush()
            answer: dict[str, Any] = json.loads(child.stdout.readline())
        except (OSError, ValueError) as exc:
            was_in_time = expired.is_alive()
            self._end_child()
            if was_in_time:
                raise KeychainUnavailable("The process that asks the keychain has ended.") from exc
            raise KeychainTimeout("The keychain did not answer in time; is a prompt waiting?") from None
        finally:
            expired.cancel()
        return answer

    def _running_child(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self._end_child()
        if self._child is None:
            pipe = subprocess.PIPE
            try:
                self._child = subprocess.Popen(
                    self._command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
                )
            except OSError as exc:
                raise KeychainUnavailable(f"The keychain can't be asked: {exc.strerror}.") from exc
        return self._child

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()  # it holds nothing: each call was answered, or is given up
            child.communicate()
