"""Notes which accounts have something stored on this machine, and where; holds no secret.

No keychain can be asked for all that HiveSync keeps in it, and whoever removes HiveSync must find it. A note
is there before the first thing is stored, and goes after the last one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hivesync_contract.keychain import KeychainState, SessionStore

from hivesync.credentials.account import Account
from hivesync.credentials.errors import KeychainLocked, KeychainMissing
from hivesync.credentials.session import StoredSession
from hivesync.credentials.store import TextStore
from hivesync.private_files import write_private

_PLACES = (SessionStore.KEYCHAIN, SessionStore.FILE)


@dataclass(frozen=True, slots=True)
class Note:
    """Something of `account` is stored in `kind`, or may be: a crash can leave a note too many."""

    kind: SessionStore
    account: Account

    def path(self, state: Path) -> Path:
        """Give the note's file."""
        return state / f"account-{self.account.digest}-{self.kind}.json"


class NotedStore(TextStore):
    """Another place, whose content is noted in the state folder."""

    def __init__(self, place: TextStore, account: Account, state: Path) -> None:
        self.kind = place.kind
        self._place = place
        self._account = account
        self._note = Note(place.kind, account).path(state)

    def state(self) -> KeychainState:
        """Ask the place."""
        return self._place.state()

    def load(self) -> StoredSession | None:
        """Load from the place, which may know without looking that there is nothing."""
        return self._place.load()

    def read(self) -> str | None:
        """Read from the place."""
        return self._place.read()

    def write(self, text: str) -> None:
        """Note it, then store it; a place that is not there, or locked, has taken nothing."""
        is_new = not self._note.exists()
        if is_new:
            write_private(self._note, json.dumps(asdict(self._account)).encode())
        try:
            self._place.write(text)
        except (KeychainMissing, KeychainLocked):
            if is_new:
                self._note.unlink(missing_ok=True)
            raise

    def remove(self) -> None:
        """Remove it, then the note."""
        self._place.remove()
        self._note.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the place."""
        self._place.close()


def stored_accounts(state: Path) -> list[Note]:
    """Give what is noted below this folder; a file that is not such a note counts for nothing."""
    found = (_read(kind, path) for kind in _PLACES for path in sorted(state.glob(f"account-*-{kind}.json")))
    return [note for note in found if note is not None]


def _read(kind: SessionStore, path: Path) -> Note | None:
    try:
        data: Any = json.loads(path.read_bytes())
        note = Note(kind, Account(str(data["origin"]), str(data["profile"])))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    # The name is made from the content, so one that was tampered with names nothing.
    return note if note.path(path.parent) == path else None
